"""What a state shows: values, conflicts, and its canonical encoding (sections 5.2 to 5.8 and 6)."""

from .form import action_of
from .state import dot_text
from .values import canonical, order, parts, pointer, same, sha256, utf16, within


def visible(leaf):
    groups, authors = {}, {}
    for write in leaf:
        groups.setdefault(write.group, []).append(write)
        authors.setdefault(write.stamp.dot, (write.stamp, set()))[1].add(write.group)
    shown = []
    for group, writes in groups.items():
        place = min((w.place for w in writes if w.place), default=0)
        if not any(
            group not in said and stamp.has_seen(group, place) for stamp, said in authors.values()
        ):
            plain = [w for w in writes if not w.origin]
            shown.append(plain[0] if plain else min(writes, key=lambda w: w.stamp.dot))
    return shown


def latest(write):
    return (write.time, write.group)


def winner(leaf, rule):
    shown = visible(leaf)
    written = [w for w in shown if w.value is not None] or shown
    pick = "workflow" if rule["rule"] == "workflow" else rule.get("pick", "latest")
    if pick == "max":
        best = max(map(lambda w: order(w.value), written))
        written = [w for w in written if order(w.value) == best]
    elif pick == "min":
        best = min(map(lambda w: order(w.value), written))
        written = [w for w in written if order(w.value) == best]
    elif pick in ("strictest", "workflow"):
        ranks = rule["order"] if pick == "strictest" else rule["precedence"][::-1]

        def rank(write):
            found = [i for i, value in enumerate(ranks) if same(value, write.value)]
            return found[0] if found else len(ranks)

        best = min(map(rank, written))
        written = [w for w in written if rank(w) == best]
    else:
        written = shown
    return max(written, key=latest)


def base(leaf, rule):
    pick = rule.get("base", "max")
    sign = {"max": 1, "min": -1, "latest": 0}[pick]
    bases = [w for w in leaf if w.kind == "base"]
    return max(bases, key=lambda w: (sign * w.value, w.stamp.time, w.stamp.dot), default=None)


def by_dot(writes):
    return sorted(writes, key=lambda w: (w.stamp.dot, w.group))


def in_time(leaf):
    return sorted(leaf, key=lambda w: (w.stamp.time, w.stamp.dot))


def leaf_value(leaf, rule):
    """The plain value; None where nothing shows."""
    kind = rule["rule"]
    if kind == "count":
        picked = base(leaf, rule)
        total = picked.value if picked else 0
        for write in by_dot(w for w in leaf if w.kind == "increment"):
            total = within(total + write.value)
        return max(total, rule.get("floor", total))
    if kind == "log":
        return [w.value for w in in_time(leaf)]
    if kind == "set" or rule.get("pick") == "all":
        writes = leaf if kind == "set" else [w for w in visible(leaf) if w.value is not None]
        distinct = {canonical(w.value): w.value for w in writes}
        return sorted(distinct.values(), key=order) or None
    return winner(leaf, rule).value


def tree(leaves, show):
    """Leaves by path as nested objects."""
    root = {}
    for path, leaf in leaves.items():
        node = root
        for part in path[:-1]:
            node = node.setdefault(part, {})
        shown = show(path, leaf)
        if shown is not None:
            node[path[-1]] = shown
    return root


def values(state):
    found = {}
    for entity in state.entities:
        leaves = {path: leaf for (owner, path), leaf in state.leaves.items() if owner == entity}
        if leaves:
            found[entity] = tree(leaves, lambda p, leaf: leaf_value(leaf, state.rule(entity, p)))
    return found


def side(write, value):
    return {"dot": dot_text(write.group), "value": value}


def place_of(conflict):
    return conflict["entity"].split("/"), [utf16(part) for part in parts(conflict["path"])]


def conflicts(state):
    found = overruled(state) + missing_keys(state)
    return sorted(filter(lambda conflict: is_reported(state, conflict), found), key=place_of)


def is_reported(state, conflict):
    path = parts(conflict["path"])
    rules = [state.rule(conflict["entity"], path[:length]) for length in range(1, len(path) + 1)]
    return all(rule.get("report", True) for rule in rules)


def missing_keys(state):
    """The keys of compared maps that some of those lack who wrote them as a whole (section 5.8)."""
    found, keys = [], {}
    for (entity, path), leaf in state.leaves.items():
        for length in range(1, len(path)):
            compared = state.rule(entity, path[:length]).get("compare")
            if compared and state.rule(entity, path[:length])["rule"] == "map":
                beside = (entity, (*path[: length - 1], compared))
                keys.setdefault((entity, path[: length + 1], beside), []).extend(leaf)
    for (entity, path, beside), writes in keys.items():
        writers = visible(state.leaves.get(beside, []))
        having = [w for w in writers if any(write.group == w.group for write in writes)]
        lacking = sorted((w for w in writers if w not in having), key=lambda w: w.group)
        settled = any(all(write.stamp.has_seen(w.group, w.place) for w in writers) for write in writes)
        if having and lacking and not settled:
            found.append({"entity": entity, "path": pointer(path), "rule": "map",
                          "picked": side(max(having, key=latest), path[-1]),
                          "overruled": [side(w, None) for w in lacking]})
    return found


def overruled(state):
    found = []
    for (entity, path), leaf in state.leaves.items():
        rule = state.rule(entity, path)
        if rule["rule"] == "count":
            name, picked = f"count {rule.get('base', 'max')}", base(leaf, rule)
            others = [w for w in leaf if w.kind == "base" and w.value != picked.value]
        elif rule["rule"] in ("register", "workflow") and rule.get("pick") != "all":
            pick = " " + rule.get("pick", "latest") if rule["rule"] == "register" else ""
            name, picked = rule["rule"] + pick, winner(leaf, rule)
            others = [w for w in visible(leaf) if not same(w.value, picked.value)]
        else:
            continue
        if others:
            found.append({"entity": entity, "path": pointer(path), "rule": name,
                          "picked": side(picked, picked.value),
                          "overruled": [side(w, w.value) for w in sorted(others, key=lambda w: w.group)]})
    return found


# ---- The canonical state (section 6.1) ----


def leaf_node(leaf, rule):
    kind = rule["rule"]
    if kind == "count":
        part = lambda name: [
            {"dot": dot_text(w.stamp.dot), "number": w.value} for w in by_dot(leaf) if w.kind == name
        ]
        return {"bases": part("base"), "increments": part("increment")}
    if kind == "set":
        elements = {canonical(w.value): w.value for w in leaf}
        return [
            {"dots": [dot_text(w.stamp.dot) for w in by_dot(leaf) if same(w.value, element)],
             "value": element}
            for element in sorted(elements.values(), key=order)
        ]
    if kind == "log":
        return [
            {"dot": dot_text(w.stamp.dot), "time": list(w.stamp.time), "value": w.value}
            for w in in_time(leaf)
        ]
    nodes = []
    for write in by_dot(leaf):
        node = {"dot": dot_text(write.stamp.dot), "time": list(write.time), "value": write.value}
        if write.come_from is not None:
            node["from"] = write.come_from
        if write.origin:
            node["origin"] = dot_text(write.group)
        nodes.append(node)
    return nodes


def unknown_node(item):
    stamp, path, operation, action = item
    _, argument = action_of(operation)
    if action == "clear":
        argument = {}
    elif action == "move":
        argument = {end: argument.get(end, "") for end in ("from", "to")}
    elif action == "keep":
        dot = dot_text((argument["replica"], int(argument["counter"])))
        time = [int(argument["time"]), int(argument.get("tick", 0))]
        beside = {"beside": True} if argument.get("beside") else {}
        argument = {"dot": dot, "time": time, "value": argument["value"], **beside}
    return {"dot": dot_text(stamp.dot), "operation": {"path": path, action: argument}}


def canonical_state(state):
    entities = {}
    for entity in state.entities:
        leaves = {path: leaf for (owner, path), leaf in state.leaves.items() if owner == entity}
        node = {"fields": tree(leaves, lambda p, leaf: leaf_node(leaf, state.rule(entity, p)))}
        if state.unknown.get(entity):
            items = sorted(state.unknown[entity], key=lambda item: item[0].dot)
            node["unknown"] = [unknown_node(item) for item in items]
        entities[entity] = node
    return canonical({"entities": entities})


def read(state):
    """What is compared of a state."""
    text = canonical_state(state)
    return {
        "canonical": text,
        "stateHash": sha256(text),
        "values": values(state),
        "conflicts": conflicts(state),
    }
