"""The fold of events into state (sections 3.4 and 5)."""

from .form import action_of
from .values import parts, same, within


class Stamp:
    """The event behind a live write: dot, offset, context and timestamp."""

    def __init__(self, dot, offset, seen, own, beyond, time):
        self.dot, self.offset, self.seen, self.own = dot, offset, seen, own
        self.beyond, self.time = beyond, time

    @classmethod
    def of(cls, replica, counter, offset, event):
        beyond = {e["replica"]: int(e["counter"]) for e in event.get("beyond", [])}
        time = int(event["time"]), int(event.get("tick", 0))
        own = int(event.get("own", counter - 1))
        return cls((replica, counter), offset, int(event.get("seen", 0)), own, beyond, time)

    def has_seen(self, dot, offset):
        replica, counter = dot
        return (
            0 < offset <= self.seen
            or (replica == self.dot[0] and counter <= self.own)
            or counter <= self.beyond.get(replica, 0)
        )

    def covers(self, other):
        return other.dot == self.dot or self.has_seen(other.dot, other.offset)


class Write:
    """A live write: what an event put at a place."""

    def __init__(self, stamp, kind, value=None, come_from=None, origin=None):
        self.stamp, self.kind, self.value = stamp, kind, value
        self.come_from, self.origin = come_from, origin

    @property
    def group(self):
        return self.origin["dot"] if self.origin else self.stamp.dot

    @property
    def time(self):
        return min(self.origin["time"], self.stamp.time) if self.origin else self.stamp.time

    @property
    def place(self):
        if not self.origin:
            return self.stamp.offset
        (replica, counter), offset = self.origin["dot"], self.origin["offset"]
        if offset == 0 and replica == self.stamp.dot[0]:
            return max(0, self.stamp.offset - (self.stamp.dot[1] - counter))
        return offset


def dot_text(dot):
    return f"{dot[0]}:{dot[1]}"


class State:
    def __init__(self, schemas):
        self.schemas = {schema["type"]: schema for schema in schemas}
        self.leaves, self.unknown, self.vector, self.offset = {}, {}, {}, 0

    def rule(self, entity, path):
        schema = self.schemas.get(entity.split("/")[0])
        rule = schema and {"rule": "record", "fields": schema["fields"]}
        for part in path:
            if rule and rule["rule"] == "record":
                rule = next((field for field in rule["fields"] if field["name"] == part), None)
            elif rule and rule["rule"] == "map":
                rule = rule["entries"]
            else:
                return None
        return rule

    def fold(self, batch):
        replica, first, offset = batch["replica"], int(batch["counter"]), int(batch.get("offset", 0))
        for index, event in enumerate(batch["events"]):
            self.offset = max(self.offset, offset + index if offset else 0)
            counter = first + index
            if counter <= self.vector.get(replica, 0):
                continue
            if counter != self.vector.get(replica, 0) + 1:
                raise ValueError(f"{replica}:{counter} comes too early")
            self.vector[replica] = counter
            if "void" in event:
                continue
            stamp = Stamp.of(replica, counter, offset + index if offset else 0, event)
            for operation in event["operations"]:
                self.apply(stamp, operation)
        return self

    def apply(self, stamp, operation):
        entity, pointer = operation["entity"], operation.get("path", "")
        path, (action, argument) = parts(pointer), action_of(operation)
        rule = self.rule(entity, path)
        kind = rule and rule["rule"]
        leaf = self.leaves.setdefault((entity, path), [])

        def drop(condition=lambda write: True):
            leaf[:] = [w for w in leaf if not (condition(w) and stamp.covers(w.stamp))]

        def put(*details, **more):
            leaf.append(Write(stamp, *details, **more))

        if kind == "register" and action in ("set", "clear"):
            drop()
            put("version", argument if action == "set" else None)
        elif kind == "workflow" and action == "move":
            mine = [w for w in leaf if w.stamp.dot == stamp.dot and not w.origin]
            drop()
            start = mine[0].come_from if mine else argument.get("from", "")
            put("version", argument["to"], come_from=start)
        elif kind in ("register", "workflow") and action == "keep":
            dot = (argument["replica"], int(argument["counter"]))
            if not argument.get("beside"):
                drop(lambda w: w.origin and w.origin["dot"] == dot)
            time = (int(argument["time"]), int(argument.get("tick", 0)))
            origin = {"dot": dot, "offset": int(argument.get("offset", 0)), "time": time}
            put("version", argument["value"], origin=origin)
        elif kind == "count" and action == "set" and type(argument) is int:
            drop()
            put("base", argument)
        elif kind == "count" and action == "add" and type(argument) is int:
            mine = [w for w in leaf if w.stamp.dot == stamp.dot and w.kind == "increment"]
            if mine:
                mine[0].value = within(mine[0].value + argument)
            else:
                put("increment", argument)
        elif kind in ("count", "set") and action == "clear":
            drop()
        elif kind == "set" and action in ("add", "keep"):
            element = argument["value"] if action == "keep" else argument
            if action == "add" or not argument.get("beside"):
                drop(lambda w: same(w.value, element))
            put("support", element)
        elif kind == "set" and action == "remove":
            drop(lambda w: same(w.value, argument))
        elif kind == "map" and action == "remove" and isinstance(argument, str):
            self.remove(entity, path + (argument,), stamp)
        elif kind == "map" and action == "clear":
            self.remove(entity, path, stamp)
        elif kind == "log" and action == "append":
            put("fact", argument)
        else:
            self.unknown.setdefault(entity, []).append((stamp, pointer, operation, action))
        self.leaves = {place: writes for place, writes in self.leaves.items() if writes}

    def remove(self, entity, prefix, stamp):
        for (owner, path), leaf in self.leaves.items():
            if owner == entity and path[: len(prefix)] == prefix:
                leaf[:] = [w for w in leaf if w.kind == "fact" or not stamp.covers(w.stamp)]
        kept = [
            item
            for item in self.unknown.get(entity, [])
            if not (stamp.covers(item[0]) and parts(item[1])[: len(prefix)] == prefix)
        ]
        self.unknown[entity] = kept

    def refold(self, schemas):
        """The state once other schemas are in force (section 13.3)."""
        self.schemas = {schema["type"]: schema for schema in schemas}
        unknown, self.unknown = self.unknown, {}
        for items in unknown.values():
            # Each list stands by place in its events; what has no offset comes last.
            items = [(item[0].offset or float("inf"), item[0].dot, n, item) for n, item in enumerate(items)]
            for *_, (stamp, _, operation, _) in sorted(items, key=lambda item: item[:3]):
                self.apply(stamp, operation)
        return self

    @property
    def entities(self):
        with_unknown = {entity for entity, items in self.unknown.items() if items}
        named = {entity for entity, _ in self.leaves} | with_unknown
        return sorted(named, key=lambda entity: entity.split("/"))
