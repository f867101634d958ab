"""Whether a schema may take the place of an older one (section 13.2)."""

from .schema import ROLES, bounds, fits, is_of
from .values import LIMIT, canonical, same


def additive(new, old):
    """Whether what is in logs reads as before, and what older clients write is still taken."""
    changed = canonical({**new, "version": 0}) != canonical({**old, "version": 0})
    grows = new["version"] > old["version"] or new["version"] == old["version"] and not changed
    return grows and fields(new["fields"], old["fields"], (ROLES, ROLES))


def fields(new, old, writers):
    named = {field["name"]: field for field in new}
    for before in old:
        now = named.get(before["name"])
        if now is None:
            return False
        allowed = now.get("writers", writers[0]), before.get("writers", writers[1])
        if not set(allowed[0]) >= set(allowed[1]) or not rule(now, before, allowed):
            return False
        if now.get("most", LIMIT) < before.get("most", LIMIT):
            return False
    return True


def rule(new, old, writers):
    kind = old["rule"]
    if new["rule"] != kind:
        return False
    if kind == "record":
        return fields(new["fields"], old["fields"], writers)
    if kind == "map":
        return rule(new["entries"], old["entries"], writers)
    if kind == "count":
        base = new.get("base", "max") == old.get("base", "max")
        return base and wider(new, old) and new.get("floor") == old.get("floor")
    if kind == "workflow":
        return workflow(new, old)
    return value_type(new, old) and (kind != "register" or pick(new, old))


def value_type(new, old):
    kind = old["type"]
    if new["type"] != kind:
        return False
    if kind == "text":
        return new.get("longest", 16384) >= old.get("longest", 16384)
    if kind == "integer":
        return wider(new, old)
    if kind == "money":
        named = "currencies" not in new or "currencies" in old
        kept = set(new.get("currencies", ())) >= set(old.get("currencies", ()))
        return wider(new, old) and named and (kept or "currencies" not in new)
    if kind == "enumeration":
        return set(new["values"]) >= set(old["values"])
    if kind == "reference" and "media" in new:
        return "media" in old and all(is_of(media, new["media"]) for media in old["media"])
    return True


def wider(new, old):
    return bounds(new)[0] <= bounds(old)[0] and bounds(new)[1] >= bounds(old)[1]


def pick(new, old):
    if new.get("pick", "latest") != old.get("pick", "latest"):
        return False
    if old.get("pick") != "strictest":
        return True
    added = [v for v in new["order"] if not any(same(v, known) for known in old["order"])]
    kept = [v for v in new["order"] if any(same(v, known) for known in old["order"])]
    # A value that was allowed and not listed stood last; it must stay there.
    return same(kept, old["order"]) and not any(fits(old, value) for value in added)


def workflow(new, old):
    if [state for state in new["precedence"] if state in old["precedence"]] != old["precedence"]:
        return False
    edges = {(move["from"], move["to"]): move.get("roles", ROLES) for move in new["moves"]}
    return all(
        set(edges.get((move["from"], move["to"]), ())) >= set(move.get("roles", ROLES))
        for move in old["moves"]
    )
