"""What a server writes so that one stream adopts another (section 10.5)."""

import hashlib

from .keeps import keeps
from .reading import leaf_value, winner
from .values import pointer, same, utf16

DEFAULTS = {"register": "fill", "workflow": "fill", "count": "sum", "set": "union", "log": "append"}


def digest(*lines):
    return hashlib.sha256("\n".join(lines).encode("utf-8"))


def replica(source, target):
    """The replica id under which the adopted state is written."""
    found = bytearray(digest("baton adopt", source, target).digest()[:16])
    found[15] |= 1
    return found.hex()


def apart(entity, writer):
    kind, name = entity.split("/")
    whole = f"{name}~{writer[:12]}"
    if len(whole) > 128:
        whole = f"{digest('baton apart', name).hexdigest()[:32]}~{writer[:12]}"
    return f"{kind}/{whole}"


def adopt_rule(state, entity, path):
    """The innermost adopt rule on the way to a place, or the default of its merge rule."""
    rule, named = {"rule": "record", "fields": state.schemas[entity.split("/")[0]]["fields"]}, None
    for part in path:
        if named == "ignore":
            break
        if rule["rule"] == "record":
            rule = next(field for field in rule["fields"] if field["name"] == part)
            named = rule.get("adopt", named)
        else:
            rule = rule["entries"]
    return named or DEFAULTS[rule["rule"]]


def actions(rule, how, leaf, own_leaf):
    """What is done at a place, given what lives there in both streams."""
    kind, own = rule["rule"], leaf_value(own_leaf, rule) if own_leaf else None
    if how == "ignore":
        return []
    if kind == "register":
        value = winner(leaf, {**rule, "pick": "latest"} if rule.get("pick") == "all" else rule).value
        wanted = value is not None and not same(value, own) and (how == "replace" or own is None)
        return [("set", value)] if wanted else []
    if kind == "workflow":
        state = winner(leaf, rule).value
        return [("move", {"from": a, "to": b}) for a, b in way(rule, state)] if own is None else []
    if kind == "count":
        number = leaf_value(leaf, rule)
        if how == "max":
            number = max(0, number - (own or 0))
        return [("add", number)] if number else []
    if kind == "set":
        return [("add", x) for x in leaf_value(leaf, rule) if not any(same(x, y) for y in own or [])]
    return [("append", fact) for fact in leaf_value(leaf, rule)]


def way(rule, state):
    """The shortest way of declared moves from the beginning; of such, the first by declaration."""
    ways, reached = {"": []}, [""]
    for start in reached:
        for move in rule["moves"]:
            if move["from"] == start and move["to"] not in ways:
                ways[move["to"]] = ways[start] + [(start, move["to"])]
                reached.append(move["to"])
    return ways.get(state, [("", state)])


def operations(old, new, writer):
    """The operations that bring one state over onto another."""
    found = []
    for entity in old.entities:
        schema, target = old.schemas.get(entity.split("/")[0]), entity
        how = schema.get("adopt", "merge") if schema else "merge"
        if how == "ignore":
            continue
        if how == "apart":
            target = apart(entity, writer)
        leaves = {path: leaf for (owner, path), leaf in old.leaves.items() if owner == entity}
        for path in sorted(leaves, key=lambda path: [utf16(part) for part in path]):
            rule = old.rule(entity, path)
            found += [
                {"entity": target, "path": pointer(path), action: argument}
                for action, argument in actions(
                    rule, adopt_rule(old, entity, path), leaves[path],
                    new.leaves.get((target, path), []))
            ]
        if target == entity:
            found += [operation for _, _, operation, _ in old.unknown.get(entity, [])]
    return found


def beside(operation):
    return {**operation, "keep": {**operation["keep"], "beside": True}}


def adopt(case, old, new):
    """The adopting stream's state, with all that is written in one event."""
    writer = replica(case["from"], case["into"])
    record = {"entity": "identity/self", "path": pointer(("adopted", case["from"])),
              "set": old.offset}
    written = [record] + operations(old, new, writer)
    event = {"time": str(case["time"]), "channel": "service", "seen": str(new.offset),
             "operations": written + [beside(keep) for keep in keeps(new, written)]}
    counter = new.vector.get(writer, 0) + 1
    new.fold({"replica": writer, "counter": counter, "offset": new.offset + 1, "events": [event]})
    return writer
