"""What a writer must say again when it edits a part of a map entry (section 5.5)."""

from .form import action_of
from .protobuf import encode
from .reading import visible
from .values import canonical, parts, pointer, same


def keeps(state, operations):
    """The keeps that must go with operations into one event, by their canonical JSON."""
    needed = []
    for name, entry in entries(state, operations):
        for (owner, path), leaf in state.leaves.items():
            if owner == name and path[: len(entry)] == entry and not decided(operations, name, path):
                needed += of_leaf(state.rule(name, path)["rule"], leaf, name, path, operations)
    return sorted(needed, key=canonical)


def entries(state, operations):
    """The outermost map entries that operations edit."""
    found = []
    for operation in operations:
        name, path = operation["entity"], parts(operation.get("path", ""))
        for length in range(1, len(path) + 1):
            rule = state.rule(name, path[: length - 1])
            if rule and rule["rule"] == "map":
                if (name, path[:length]) not in found:
                    found.append((name, path[:length]))
                break
    return found


def fits(state, operations):
    """Whether the entries that an event edits stay such that their keeps fit into one."""
    for name, entry in entries(state, operations):
        said = {}
        for index, operation in enumerate(operations):
            path = parts(operation.get("path", ""))
            if operation["entity"] == name and path[: len(entry)] == entry:
                said[part(state, name, path, operation, index)] = (path, operation)
        left = [op for path, op in said.values() if leaves(state.rule(name, path), action_of(op)[0])]
        before = []
        for (owner, path), leaf in state.leaves.items():
            if owner == name and path[: len(entry)] == entry:
                before += of_leaf(state.rule(name, path)["rule"], leaf, name, path, [])
        if size(left) > max(32768, size(before)):
            return False
    return True


def part(state, name, path, operation, index):
    """What names the part that an operation writes; a keep of a register stands by itself."""
    rule, (action, argument) = state.rule(name, path), action_of(operation)
    if rule and rule["rule"] == "set" and action in ("add", "keep", "remove"):
        return path, canonical(argument["value"] if action == "keep" else argument)
    return (path, index) if action == "keep" else (path,)


def leaves(rule, action):
    """Whether something lives there afterwards that an edit elsewhere in the entry keeps."""
    taken = {"register": ("set", "keep"), "workflow": ("move", "keep"), "set": ("add", "keep")}
    return rule is not None and action in taken.get(rule["rule"], ())


def size(operations):
    """Bytes of operations as keeps: as if they set their values, and 64 for the origin of each."""
    total = 0
    for operation in operations:
        action, argument = action_of(operation)
        value = argument[{"keep": "value", "move": "to"}[action]] if action in ("keep", "move") else argument
        kept = {"path": operation.get("path", ""), "set": value}
        total += len(encode("Operation", kept)) + 64
    return total


def decided(operations, name, place):
    """Whether operations decide by themselves what lives at a place."""
    for operation in operations:
        path, (action, argument) = parts(operation.get("path", "")), action_of(operation)
        if action == "remove" and isinstance(argument, str):
            path += (argument,)
        elif action not in ("set", "clear", "move"):
            continue
        if operation["entity"] == name and place[: len(path)] == path:
            return True
    return False


def of_leaf(rule, leaf, name, path, operations):
    if rule in ("register", "workflow"):
        for write in visible(leaf):
            if write.value is not None:
                yield keep(name, path, write.value, write.group, write.place, write.time)
    elif rule == "set":
        for text, writes in by_element(leaf).items():
            if not touched(operations, name, path, writes[0].value):
                first = min(writes, key=lambda w: w.stamp.dot).stamp
                yield keep(name, path, writes[0].value, first.dot, first.offset, first.time)


def by_element(leaf):
    elements = {}
    for write in leaf:
        elements.setdefault(canonical(write.value), []).append(write)
    return elements


def touched(operations, name, path, element):
    return any(
        operation["entity"] == name and parts(operation.get("path", "")) == path
        and action_of(operation)[0] in ("add", "remove") and same(action_of(operation)[1], element)
        for operation in operations
    )


def keep(name, path, value, dot, offset, time):
    argument = {"value": value, "replica": dot[0], "counter": str(dot[1]), "time": str(time[0])}
    if offset:
        argument["offset"] = str(offset)
    if time[1]:
        argument["tick"] = time[1]
    return {"entity": name, "path": pointer(path), "keep": argument}
