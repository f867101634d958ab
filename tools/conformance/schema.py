"""Schemas: whether a document is sound, and whether operations may stand (sections 2.5 and 8.3)."""

import re

from .form import action_of
from .values import LIMIT, instant, is_integer, is_money, is_name, parts, same

ROLES = ("customer", "kiosk", "associate", "service", "operator")
MEDIA = r"[a-z0-9!#$&^_.+-]+/([a-z0-9!#$&^_.+-]+|\*)"
FIELD = ("name", "writers", "readers", "most", "adopt", "redact", "report", "compare")
CALLS = ("timeline", "adopt", "handOff")
PICKS = ("latest", "max", "min", "strictest", "all")


class Unsound(Exception):
    """What is wrong with a document; the place is the innermost field or entries that it is in."""

    def __init__(self, place, why):
        super().__init__(f"{place}: {why}")
        self.place = place


def expect(condition, place, why):
    if not condition:
        raise Unsound(place, why)


def members(given, required, allowed, place):
    expect(isinstance(given, dict), place, "an object is expected")
    expect(set(required) <= set(given), place, "a member is missing")
    expect(set(given) <= set(required) | set(allowed), place, "a member is not known")


# ---- Documents ----


def check_document(document):
    members(document, ("type", "version", "fields"), ("adopt", "readers", "callers"), "")
    kind, version = document["type"], document["version"]
    expect(isinstance(kind, str) and is_name("type", kind), "", "no name of a type")
    expect(is_integer(version) and version >= 1, "", "a version from 1")
    expect(document.get("adopt", "merge") in ("merge", "apart", "ignore"), "", "no such adopt rule")
    if "readers" in document:
        check_roles(document["readers"], "")
    members(document.get("callers", {}), (), CALLS, "")
    for roles in document.get("callers", {}).values():
        check_roles(roles, "")
    check_fields(document["fields"], "", 1, False)
    check_sight(document["fields"], "", document.get("readers", ROLES))
    hides = any(not shows(document, (), role) for role in ROLES)
    expect(kind != "identity" or not hides, "", "all roles see what became of a stream")


def check_sight(fields, holder, readers):
    """Nobody writes what is hidden from it; of the entries of a map all parts are shown, or none."""
    for index, field in enumerate(fields):
        place, holding = f"{holder}/fields/{index}", field.get("readers", readers)
        moves = (move.get("roles", ()) for move in field.get("moves", ()))
        for roles in (field.get("writers", ()), *moves):
            expect(set(roles) <= set(holding), place, "a role may not write what is hidden from it")
        if field["rule"] == "record":
            check_sight(field["fields"], place, holding)


def check_fields(fields, holder, depth, in_map):
    expect(isinstance(fields, list) and fields, holder, "at least one field")
    expect(depth <= 16, f"{holder}/fields/0", "nested deeper than a path may be")
    names = []
    for index, field in enumerate(fields):
        place = f"{holder}/fields/{index}"
        expect(isinstance(field, dict), place, "an object is expected")
        name = field.get("name")
        expect(isinstance(name, str) and is_name("field", name), place, "no name of a field")
        # Of two that bear one name the first is named.
        expect(name not in names, f"{holder}/fields/{names.index(name) if name in names else 0}",
               "a name is given twice")
        names.append(name)
        if "writers" in field:
            check_roles(field["writers"], place)
            expect(not in_map, place, "no writers below a map")
        if "readers" in field:
            check_roles(field["readers"], place)
            expect(not in_map, place, "no readers below a map")
        check_rule(field, FIELD, place, depth, in_map)
        if "most" in field:
            expect(field["rule"] in ("set", "map", "log"), place, "most fits a set, map or log")
            expect(is_integer(field["most"]) and 1 <= field["most"] <= 1_000_000, place, "1 to 1,000,000")
        if "adopt" in field:
            expect(field["adopt"] in ("ignore", *adoptions(field)), place, "adopt does not fit")
        if "redact" in field:
            check_redaction(field["redact"], place)
        expect(isinstance(field.get("report", True), bool), place, "report is true or false")
        if "compare" in field:
            expect(field["rule"] == "map", place, "only keys of a map are compared")
            beside = [other for other in fields if other.get("name") == field["compare"]]
            expect(beside and beside[0].get("rule") == "register" and beside[0].get("pick") != "all",
                   place, "compare names a register beside it")


def adoptions(rule):
    """The adopt rules that fit, beside ignore."""
    if rule["rule"] == "map":
        return adoptions(rule["entries"])
    return {"count": ("sum", "max"), "register": ("fill", "replace"), "workflow": ("fill",),
            "set": ("union",), "log": ("append",)}.get(rule["rule"], ())


def check_redaction(redact, place):
    if isinstance(redact, dict):
        members(redact, ("except",), (), place)
        check_roles(redact["except"], place)
    else:
        expect(isinstance(redact, bool), place, "true, false, or who is excepted")


def check_roles(roles, place):
    expect(isinstance(roles, list) and roles, place, "at least one role")
    expect(all(role in ROLES for role in roles), place, "no such role")
    expect(len(set(roles)) == len(roles), place, "a role is given twice")


def check_rule(rule, besides, place, depth, in_map):
    expect(isinstance(rule, dict), place, "an object is expected")
    kind = rule.get("rule")

    def only(*allowed):
        members(rule, ("rule",), (*besides, *allowed), place)

    if kind == "register":
        only("pick", "order", *check_type(rule, place))
        pick = rule.get("pick", "latest")
        expect(pick in PICKS, place, "no such pick")
        expect(("order" in rule) == (pick == "strictest"), place, "order goes with strictest")
        if pick == "strictest":
            check_order(rule, place)
    elif kind == "count":
        only("base", "floor", "least", "greatest")
        check_range(rule, place)
        expect(rule.get("base", "max") in ("max", "min", "latest"), place, "no such base")
        floor = rule.get("floor", 0)
        expect(is_integer(floor) and abs(floor) <= LIMIT, place, "floor is a number in range")
    elif kind in ("set", "log"):
        only(*check_type(rule, place))
        expect(kind == "set" or not in_map, place, "no log below a map")
    elif kind == "map":
        only("entries")
        expect("entries" in rule, place, "entries are missing")
        check_rule(rule["entries"], (), place + "/entries", depth + 1, True)
    elif kind == "record":
        only("fields")
        check_fields(rule.get("fields"), place, depth + 1, in_map)
    elif kind == "workflow":
        only("precedence", "moves")
        check_workflow(rule, place, in_map)
    else:
        raise Unsound(place, "no such rule")


def check_order(rule, place):
    order = rule["order"]
    expect(isinstance(order, list) and order, place, "at least one value in order")
    expect(all(fits(rule, value) for value in order), place, "a value of another type in order")
    for index, value in enumerate(order):
        expect(not any(same(value, other) for other in order[:index]), place, "given twice")


def words(given, place):
    expect(isinstance(given, list) and given, place, "at least one")
    expect(all(isinstance(word, str) for word in given), place, "texts are expected")
    expect(all(1 <= len(word.encode("utf-8")) <= 256 for word in given), place, "1 to 256 bytes")
    expect(len(set(given)) == len(given), place, "given twice")


def check_type(rule, place):
    """The members that say the type."""
    kind = rule.get("type")
    if kind == "text":
        longest = rule.get("longest", 1)
        expect(is_integer(longest) and 1 <= longest <= 16384, place, "1 to 16,384 bytes")
        return "type", "longest"
    if kind == "integer":
        check_range(rule, place)
        return "type", "least", "greatest"
    if kind == "money":
        check_range(rule, place)
        if "currencies" in rule:
            words(rule["currencies"], place)
            expect(all(re.fullmatch("[A-Z]{3}", c) for c in rule["currencies"]), place, "such as EUR")
        return "type", "least", "greatest", "currencies"
    if kind == "enumeration":
        words(rule.get("values"), place)
        return "type", "values"
    if kind == "reference":
        if "media" in rule:
            words(rule["media"], place)
            types = (len(m) <= 127 and re.fullmatch(MEDIA, m) for m in rule["media"])
            expect(all(types), place, "a media type such as image/png or image/*")
        return "type", "media"
    expect(kind in ("boolean", "instant"), place, "no such type")
    return ("type",)


def bounds(rule):
    return rule.get("least", -LIMIT), rule.get("greatest", LIMIT)


def check_range(rule, place):
    least, greatest = bounds(rule)
    expect(is_integer(least) and is_integer(greatest), place, "numbers are expected")
    expect(-LIMIT <= least <= greatest <= LIMIT, place, "no such range")


def check_workflow(rule, place, in_map):
    states, moves = rule.get("precedence"), rule.get("moves")
    words(states, place)
    expect(isinstance(moves, list), place, "moves are a list")
    edges, reached = [], {""}
    for move in moves:
        members(move, ("from", "to"), ("roles",), place)
        if "roles" in move:
            check_roles(move["roles"], place)
            expect(not in_map, place, "no roles of moves below a map")
        edge = move["from"], move["to"]
        expect(edge[0] in ("", *states) and edge[1] in states, place, "an unknown state")
        expect(edge[0] != edge[1] and edge not in edges, place, "a move to itself, or given twice")
        edges.append(edge)
    for _ in states:
        reached |= {to for come_from, to in edges if come_from in reached}
    expect(reached >= set(states), place, "a state that no moves reach")


# ---- Operations ----


def fits(rule, value):
    """Whether a value is of the rule's type."""
    kind = rule["type"]
    if kind == "text":
        return isinstance(value, str) and len(value.encode("utf-8")) <= rule.get("longest", 16384)
    if kind == "integer":
        least, greatest = bounds(rule)
        return is_integer(value) and least <= value <= greatest
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "money":
        if not is_money(value):
            return False
        least, greatest = bounds(rule)
        known = "currencies" not in rule or value["currency"] in rule["currencies"]
        return known and least <= value["amount"] <= greatest
    if kind == "instant":
        return isinstance(value, str) and instant(value) is not None
    if kind == "enumeration":
        return isinstance(value, str) and value in rule["values"]
    return is_reference(value) and is_of(value["type"], rule.get("media"))


def is_of(media, allowed):
    """Whether a media type is allowed: by name, or by a range such as image/*."""
    return allowed is None or media in allowed or media.split("/")[0] + "/*" in allowed


def is_reference(value):
    if not isinstance(value, dict) or set(value) != {"uri", "type", "digest"}:
        return False
    if not all(isinstance(member, str) for member in value.values()):
        return False
    digits = value["digest"].removeprefix("sha256:")
    return (
        value["uri"] != "" and "/" in value["type"] and digits != value["digest"]
        and len(digits) == 64 and all(digit in "0123456789abcdef" for digit in digits)
    )


def refusal(schemas, operations, role):
    """The code by which operations are refused for good; None where they may stand."""
    types = {schema["type"]: schema for schema in schemas}
    for operation in operations:
        schema = types.get(operation["entity"].split("/")[0])
        if schema and not shows(schema, parts(operation.get("path", "")), role):
            return "not-permitted"
        place = schema and find(schema, parts(operation.get("path", "")))
        if not place:
            continue
        rule, writers = place
        code = "not-permitted" if writers and role not in writers else objection(rule, operation, role)
        if code:
            return code
    return None


def shows(schema, path, role):
    """Whether a role sees what is said at a place: as the innermost list of readers on the way says."""
    rule = {"rule": "record", "fields": schema["fields"]}
    readers = schema.get("readers", ROLES)
    for part in path:
        if rule["rule"] == "record":
            rule = next((field for field in rule["fields"] if field["name"] == part), None)
            if rule is None:
                return role in readers
            readers = rule.get("readers", readers)
        elif rule["rule"] == "map":
            rule = rule["entries"]
        else:
            return role in readers
    return shows_all(rule, readers, role)


def shows_all(rule, readers, role):
    """Whether all that lies in a place is shown, what is not declared yet as well."""
    if rule["rule"] == "map":
        return shows_all(rule["entries"], readers, role)
    below = rule["fields"] if rule["rule"] == "record" else ()
    return role in readers and all(shows_all(f, f.get("readers", readers), role) for f in below)


def find(schema, path):
    """The rule at a place and who may write there; None where no schema declares it."""
    rule, writers = {"rule": "record", "fields": schema["fields"]}, None
    for part in path:
        if rule["rule"] == "record":
            rule = next((field for field in rule["fields"] if field["name"] == part), None)
            if rule is None:
                return None
            writers = rule.get("writers") or writers
        elif rule["rule"] == "map":
            rule = rule["entries"]
        else:
            return None
    return rule, writers


def objection(rule, operation, role):
    kind, (action, argument) = rule["rule"], action_of(operation)
    value = argument.get("value") if action == "keep" else argument
    if action == "unknown":
        return None
    if kind == "workflow" and action == "move":
        edge = argument.get("from", ""), argument.get("to", "")
        move = next((m for m in rule["moves"] if (m["from"], m["to"]) == edge), None)
        if move is None:
            return "schema-violation"
        return None if role in move.get("roles", ROLES) else "not-permitted"
    if kind in ("register", "set", "log") and action in ("set", "add", "append", "keep"):
        takes = {"register": ("set", "keep"), "set": ("add", "keep"), "log": ("append",)}[kind]
        stands = action in takes and fits(rule, value)
    elif kind == "count" and action in ("set", "add"):
        least, greatest = bounds(rule)
        if action == "add":
            greatest = min(greatest - least, LIMIT)
            least = -greatest
        stands = is_integer(value) and least <= value <= greatest
    elif kind == "map" and action == "remove":
        stands = isinstance(value, str) and value != ""
    elif kind == "workflow":
        stands = action == "keep" and isinstance(value, str) and value in rule["precedence"]
    else:
        stands = action == "clear" and kind in ("register", "count", "set", "map")
        stands = stands or (kind, action) == ("set", "remove")
    return None if stands else "schema-violation"
