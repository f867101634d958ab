"""Values, canonical JSON, paths, instants and names (sections 2.2, 2.4, 4.2 and 6.1)."""

import datetime
import hashlib
import json
import re

LIMIT = 2**53 - 1


def utf16(text):
    return text.encode("utf-16-be")


def canonical(value):
    """RFC 8785 of a value without fractions."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: utf16(member[0]))
        return "{" + ",".join(f"{canonical(k)}:{canonical(v)}" for k, v in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def same(left, right):
    return canonical(left) == canonical(right)


def sha256(data):
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode("utf-8")).hexdigest()


def within(number):
    return max(-LIMIT, min(LIMIT, number))


def is_integer(value):
    return type(value) is int


def is_money(value):
    return (
        isinstance(value, dict)
        and set(value) == {"amount", "currency"}
        and is_integer(value["amount"])
        and isinstance(value["currency"], str)
        and re.fullmatch("[A-Z]{3}", value["currency"]) is not None
    )


def order(value):
    """A key that sorts values as section 2.4 orders them."""
    if value is None:
        return (0,)
    if isinstance(value, bool):
        return (1, value)
    if isinstance(value, int):
        return (2, value)
    if isinstance(value, str):
        return (3, utf16(value))
    if isinstance(value, list):
        return (4, [order(element) for element in value])
    if is_money(value):
        return (5, 0, value["currency"], value["amount"])
    return (5, 1, utf16(canonical(value)))


def parts(pointer):
    """The parts of an RFC 6901 pointer; None where it is none."""
    if pointer and not pointer.startswith("/"):
        return None
    if re.search("~(?![01])", pointer):
        return None
    return tuple(p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:])


def pointer(path):
    return "".join("/" + p.replace("~", "~0").replace("/", "~1") for p in path)


def instant(text):
    """Milliseconds since 1970; None where the text is not in the one form."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z", text, re.ASCII)
    if not found:
        return None
    year, month, day, hour, minute, second, milli = map(int, found.groups())
    try:
        # Year 0 is no year to this calendar, but has the days of any 400 years later.
        moment = datetime.datetime(year or 400, month, day, hour, minute, second)
    except ValueError:
        return None
    days = (moment - datetime.datetime(1970, 1, 1)).days - (146_097 if year == 0 else 0)
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + milli


ID = r"[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}"
TYPE = r"[a-z][a-z0-9-]{0,62}"
NAMES = {
    "tenant": r"[a-z0-9][a-z0-9-]{0,62}",
    "stream": ID,
    "channel": r"[a-z][a-z0-9-]{0,31}",
    "entity": f"{TYPE}/{ID}",
    "type": TYPE,
    "field": r"[A-Za-z][A-Za-z0-9_]{0,62}",
    "replica": r"(?!0{32})[0-9a-f]{32}",
}


def is_name(kind, text):
    return re.fullmatch(NAMES[kind], text) is not None
