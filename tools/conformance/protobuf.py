"""Protobuf bytes and JSON of the messages, as protocol/baton.proto declares them (section 4.3).

A message is held as its proto3 JSON: members that are default are left out, 64-bit integers are
texts. A google.protobuf.Value is the JSON value itself.
"""

import base64
import pathlib
import re
import struct

PROTO = pathlib.Path(__file__).resolve().parent.parent.parent / "protocol" / "baton.proto"
INTEGERS = {"uint64": 64, "int64": 64, "sint64": 64, "uint32": 32}
VALUE = "google.protobuf.Value"


class Malformed(Exception):
    """What came is not what it must be; the code says how it is answered."""

    def __init__(self, code, why=""):
        super().__init__(f"{code}: {why}")
        self.code = code


class Field:
    def __init__(self, label, kind, name, number, choice):
        self.repeated, self.optional = label == "repeated", label == "optional"
        self.kind, self.number, self.choice = kind, int(number), choice
        self.name = re.sub("_(.)", lambda found: found[1].upper(), name)


def declarations(text):
    """The fields of each message, and the names of each enumeration."""
    messages, enums, nesting = {}, {}, []
    for line in re.sub("//.*", "", text).splitlines():
        line = line.strip()
        opened = re.match(r"(message|enum|oneof) (\w+) *{", line)
        if opened:
            nesting.append(opened.groups())
            (messages if opened[1] == "message" else enums if opened[1] == "enum" else {})[
                opened[2]
            ] = {}
        field = re.match(r"(?:(optional|repeated) )?([\w.]+) (\w+) = (\d+);", line)
        constant = re.match(r"(\w+) = (\d+);", line)
        if field:
            owner = [name for kind, name in nesting if kind == "message"][-1]
            choice = nesting[-1][1] if nesting[-1][0] == "oneof" else None
            messages[owner][int(field[4])] = Field(field[1], field[2], field[3], field[4], choice)
        elif constant:
            enums[nesting[-1][1]][int(constant[2])] = constant[1]
        if line.endswith("}"):
            nesting.pop()
    return messages, enums


MESSAGES, ENUMS = declarations(PROTO.read_text("utf-8"))


# ---- Writing ----


def varint(number):
    number &= 2**64 - 1
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def tag(number, wire):
    return varint(number << 3 | wire)


def delimited(number, content):
    return tag(number, 2) + varint(len(content)) + content


def encode_value(value):
    if value is None:
        return tag(1, 0) + b"\0"
    if isinstance(value, bool):
        return tag(4, 0) + varint(value)
    if isinstance(value, (int, float)):
        return tag(2, 1) + struct.pack("<d", value)
    if isinstance(value, str):
        return delimited(3, value.encode("utf-8"))
    if isinstance(value, list):
        return delimited(6, b"".join(delimited(1, encode_value(v)) for v in value))
    members = sorted(value.items(), key=lambda member: member[0].encode("utf-8"))
    return delimited(
        5,
        b"".join(
            delimited(1, delimited(1, k.encode("utf-8")) + delimited(2, encode_value(v)))
            for k, v in members
        ),
    )


def encode(name, message):
    """The deterministic encoding: fields by number, defaults left out."""
    out = b""
    for number, field in sorted(MESSAGES[name].items()):
        if field.name not in message:
            continue
        found = message[field.name]
        for item in found if field.repeated else [found]:
            out += encode_field(number, field, item)
    return out + message.get("_unknown", b"")


def encode_field(number, field, item):
    if field.kind == VALUE:
        return delimited(number, encode_value(item))
    if field.kind in MESSAGES:
        return delimited(number, encode(field.kind, item))
    implicit = not (field.repeated or field.optional or field.choice)
    if field.kind in ("string", "bytes"):
        content = item.encode("utf-8") if field.kind == "string" else base64.b64decode(item)
        return b"" if implicit and not content else delimited(number, content)
    item = int(item)
    if field.kind == "sint64":
        item = item << 1 ^ item >> 63
    return b"" if implicit and not item else tag(number, 0) + varint(item)


# ---- Reading bytes ----


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise Malformed("malformed-protobuf", "it ends early")
        self.at += count
        return self.data[self.at - count : self.at]

    def varint(self):
        result = 0
        for shift in range(0, 70, 7):
            byte = self.take(1)[0]
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return result & 2**64 - 1
        raise Malformed("malformed-protobuf", "a varint of more than ten bytes")

    def fields(self):
        """Each field's number, wire type, content, and bytes."""
        while self.at < len(self.data):
            start = self.at
            key = self.varint()
            number, wire = key >> 3, key & 7
            if not 0 < number < 2**29 or wire not in (0, 1, 2, 5):
                raise Malformed("malformed-protobuf", "no such field or wire type")
            if wire == 0:
                content = self.varint()
            else:
                content = self.take({1: 8, 5: 4}.get(wire) or self.varint())
            yield number, wire, content, self.data[start : self.at]


def text(content):
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("malformed-protobuf", "not UTF-8") from None


def once(holder, name):
    if name in holder:
        raise Malformed("malformed-event", f"{name} comes twice")


def decode_value(data):
    found = {}
    for number, wire, content, _ in Reader(data).fields():
        if (number, wire) not in ((1, 0), (2, 1), (3, 2), (4, 0), (5, 2), (6, 2)):
            continue
        once(found, "kind")
        if number == 1:
            found["kind"] = None
        elif number == 2:
            found["kind"] = whole(struct.unpack("<d", content)[0])
        elif number == 3:
            found["kind"] = text(content)
        elif number == 4:
            found["kind"] = content != 0
        elif number == 5:
            found["kind"] = decode_object(content)
        else:
            elements = Reader(content).fields()
            found["kind"] = [decode_value(c) for n, w, c, _ in elements if (n, w) == (1, 2)]
    return found.get("kind")


def decode_object(data):
    members = {}
    for number, wire, content, _ in Reader(data).fields():
        if (number, wire) != (1, 2):
            continue
        member = {"key": ""}
        for inner, inner_wire, part, _ in Reader(content).fields():
            if (inner, inner_wire) == (1, 2):
                member["key"] = text(part)
            elif (inner, inner_wire) == (2, 2):
                once(member, "value")
                member["value"] = decode_value(part)
        members[member["key"]] = member.get("value")
    return members


def whole(number):
    if number != number or number in (float("inf"), float("-inf")) or number != int(number):
        raise Malformed("malformed-event", "a fraction")
    if abs(number) > 2**53 - 1:
        raise Malformed("malformed-event", "a number out of range")
    return int(number)


def decode(name, data):
    """A message from its bytes. What is not known goes to "_unknown", as it came."""
    message, chosen = {}, {}
    for number, wire, content, raw in Reader(data).fields():
        field = MESSAGES[name].get(number)
        expected = 0 if field and field.kind in (*INTEGERS, "Outcome", "bool") else 2
        if field is None or wire != expected:
            message["_unknown"] = message.get("_unknown", b"") + raw
            continue
        if field.choice:
            once(chosen, field.choice)
            chosen[field.choice] = True
        elif not field.repeated and (field.kind == VALUE or field.kind == "Batch"):
            once(message, field.name)
        item = decode_field(field, content)
        if field.repeated:
            message.setdefault(field.name, []).append(item)
        elif item not in ("", "0", 0) or field.optional or field.choice:
            message[field.name] = item
        else:
            message.pop(field.name, None)
    return message


def decode_field(field, content):
    if field.kind == VALUE:
        return decode_value(content)
    if field.kind in MESSAGES:
        return decode(field.kind, content)
    if field.kind == "string":
        return text(content)
    if field.kind == "bytes":
        return base64.b64encode(content).decode()
    if field.kind == "uint32":
        return content & 2**32 - 1
    if field.kind == "sint64":
        return str(content >> 1 ^ -(content & 1))
    if field.kind == "int64" and content >= 2**63:
        content -= 2**64
    return str(content)


# ---- Reading JSON ----


def from_json(name, given):
    """A message from its proto3 JSON, checked: every member known and of its type."""
    if not isinstance(given, dict):
        raise Malformed("malformed-json", f"{name} is an object")
    message, chosen = {}, {}
    for key, item in given.items():
        # Readers take a field's own name beside its lowerCamelCase one.
        known = [f for f in MESSAGES[name].values() if f.name == re.sub("_(.)", camel, key)]
        if not known:
            raise Malformed("malformed-json", f"{key} is not known")
        field = known[0]
        if item is None and field.kind != VALUE:
            continue
        if field.choice:
            if field.choice in chosen:
                raise Malformed("malformed-json", "two of a choice")
            chosen[field.choice] = True
        if field.repeated:
            if not isinstance(item, list):
                raise Malformed("malformed-json", f"{key} is a list")
            message[field.name] = [json_field(field, element) for element in item]
            continue
        item = json_field(field, item)
        if item not in ("", "0", 0) or field.optional or field.choice or field.kind == VALUE:
            message[field.name] = item
    return message


def camel(found):
    return found[1].upper()


def json_field(field, item):
    if field.kind == VALUE:
        return json_value(item)
    if field.kind in MESSAGES:
        return from_json(field.kind, item)
    if field.kind in INTEGERS:
        return json_integer(field.kind, item)
    if not isinstance(item, str):
        raise Malformed("malformed-json", f"{field.name} is a text")
    return item


def json_integer(kind, item):
    if isinstance(item, str) and re.fullmatch(r"-?(0|[1-9]\d*)", item):
        item = int(item)
    if isinstance(item, float) and item == int(item):
        item = int(item)
    low, high = (0, 2 ** INTEGERS[kind]) if kind[0] == "u" else (-(2**63), 2**63)
    if type(item) is not int or not low <= item < high:
        raise Malformed("malformed-json", "a number in range is expected")
    return item if kind == "uint32" else str(item)


def json_value(item):
    if isinstance(item, dict):
        return {key: json_value(member) for key, member in item.items()}
    if isinstance(item, list):
        return [json_value(element) for element in item]
    if type(item) in (int, float):
        return whole(float(item))
    return item
