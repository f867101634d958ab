"""The live state as a State message, and back (section 6.2)."""

from .form import action_of
from .protobuf import Malformed, decode, encode
from .state import Stamp, State, Write
from .values import LIMIT, canonical, is_name, order

KINDS = {"register": "versions", "workflow": "versions", "count": "count", "set": "set", "log": "log"}


class Table:
    """Replicas by their index in the message."""

    def __init__(self, names):
        self.names = list(names)

    def index(self, replica):
        if replica not in self.names:
            self.names.append(replica)
        return self.names.index(replica)

    def name(self, index):
        if index >= len(self.names):
            raise Malformed("malformed-event", "a replica that the state does not name")
        return self.names[index]


# ---- Writing ----


def write(state):
    """The bytes of the State message."""
    table = Table(sorted(state.vector))
    vector = [str(state.vector[replica]) for replica in table.names]
    entities = [entity(state, name, table) for name in state.entities]
    return encode("State", {"replicas": table.names, "vector": vector, "entities": entities})


def entity(state, name, table):
    leaves = {path: leaf for (owner, path), leaf in state.leaves.items() if owner == name}
    unknown = [
        {"stamp": stamp(item[0], table), "operation": item[2]}
        for item in sorted(state.unknown.get(name, []), key=lambda item: item[0].dot)
    ]
    root = branch(state, name, (), leaves, table)
    return {"entity": name, "root": root, "unknown": unknown}


def branch(state, name, path, leaves, table):
    children = []
    for key in sorted({p[len(path)] for p in leaves if p[: len(path)] == path}):
        below = path + (key,)
        if below in leaves:
            node = leaf_node(leaves[below], state.rule(name, below)["rule"], table)
        else:
            node = branch(state, name, below, leaves, table)
        children.append({"key": key, "node": node})
    return {"branch": {"children": children}}


def leaf_node(leaf, rule, table):
    if rule == "count":
        part = lambda kind: [
            {"stamp": stamp(w.stamp, table), "number": str(w.value)} for w in leaf if w.kind == kind
        ]
        return {"count": {"bases": part("base"), "increments": part("increment")}}
    if rule == "set":
        values = {canonical(w.value): w.value for w in leaf}
        elements = [
            {"value": value,
             "stamps": [stamp(w.stamp, table) for w in leaf if canonical(w.value) == text]}
            for text, value in sorted(values.items(), key=lambda item: order(item[1]))
        ]
        return {"set": {"elements": elements}}
    if rule == "log":
        facts = sorted(leaf, key=lambda w: (w.stamp.time, w.stamp.dot))
        return {"log": {"facts": [{"stamp": stamp(w.stamp, table), "value": w.value} for w in facts]}}
    return {"versions": {"versions": [version(w, table) for w in leaf]}}


def version(write, table):
    message = {"stamp": stamp(write.stamp, table)}
    if write.value is not None:
        message["value"] = write.value
    if write.come_from is not None:
        message["from"] = write.come_from
    if write.origin:
        (replica, counter), (time, tick) = write.origin["dot"], write.origin["time"]
        message["origin"] = {
            "replica": table.index(replica), "counter": str(counter),
            "offset": str(write.origin["offset"]), "time": str(time), "tick": tick,
        }
    return message


def stamp(of, table):
    message = {
        "replica": table.index(of.dot[0]), "counter": str(of.dot[1]), "offset": str(of.offset),
        "seen": str(of.seen), "time": str(of.time[0]), "tick": of.time[1],
        "beyond": [{"replica": table.index(r), "counter": str(c)} for r, c in of.beyond.items()],
    }
    if of.own != of.dot[1] - 1:
        message["own"] = str(of.own)
    return message


# ---- Reading ----


def read(data, offset, schemas):
    """The state from the bytes of its message."""
    message = decode("State", data)
    table = Table(message.get("replicas", []))
    if not all(is_name("replica", name) for name in table.names):
        raise Malformed("invalid-name", "no replica id")
    if len(message.get("vector", [])) > len(table.names):
        raise Malformed("malformed-event", "a vector longer than the replicas")
    state = State(schemas)
    state.offset = offset
    vector = zip(table.names, message.get("vector", []))
    state.vector = {replica: int(counter) for replica, counter in vector if int(counter)}
    for item in message.get("entities", []):
        name = item.get("entity", "")
        if not is_name("entity", name):
            raise Malformed("invalid-name", "no entity")
        for path, writes in leaves(item.get("root", {}), (), table):
            state.leaves[name, path] = writes
        for kept in item.get("unknown", []):
            operation = kept["operation"]
            entry = stamped(kept["stamp"], table), operation.get("path", ""), operation
            state.unknown.setdefault(name, []).append((*entry, action_of(operation)[0]))
    return state


def leaves(node, path, table):
    if "branch" in node:
        for child in node["branch"].get("children", []):
            yield from leaves(child.get("node", {}), path + (child.get("key", ""),), table)
    elif "versions" in node:
        yield path, [read_version(v, table) for v in node["versions"].get("versions", [])]
    elif "count" in node:
        yield path, [
            Write(stamped(part["stamp"], table), kind, int(part.get("number", 0)))
            for name, kind in (("bases", "base"), ("increments", "increment"))
            for part in node["count"].get(name, [])
        ]
    elif "set" in node:
        yield path, [
            Write(stamped(item, table), "support", element["value"])
            for element in node["set"].get("elements", [])
            for item in element.get("stamps", [])
        ]
    elif "log" in node:
        yield path, [
            Write(stamped(fact["stamp"], table), "fact", fact["value"])
            for fact in node["log"].get("facts", [])
        ]


def read_version(message, table):
    origin = None
    if "origin" in message:
        item = message["origin"]
        origin = {
            "dot": (table.name(item.get("replica", 0)), int(item.get("counter", 0))),
            "offset": int(item.get("offset", 0)),
            "time": (int(item.get("time", 0)), item.get("tick", 0)),
        }
    return Write(stamped(message["stamp"], table), "version", message.get("value"),
                 message.get("from"), origin)


def stamped(message, table):
    counter = int(message.get("counter", 0))
    if not 1 <= counter <= LIMIT:
        raise Malformed("malformed-event", "a stamp without a counter")
    beyond = {
        table.name(e.get("replica", 0)): int(e.get("counter", 0)) for e in message.get("beyond", [])
    }
    return Stamp(
        (table.name(message.get("replica", 0)), counter), int(message.get("offset", 0)),
        int(message.get("seen", 0)), int(message.get("own", counter - 1)), beyond,
        (int(message.get("time", 0)), message.get("tick", 0)),
    )
