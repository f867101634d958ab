"""Whether a batch is well formed, whatever the schema (sections 2.2, 4.2 and 4.4)."""

import json
import unicodedata

from .protobuf import Malformed, Reader, decode, encode, from_json, whole
from .values import LIMIT, is_name, parts

LATEST = 253_402_300_799_999


def malformed(why):
    raise Malformed("malformed-event", why)


def batch_of_json(text):
    """A pushed batch from its JSON text, checked."""
    try:
        document = json.loads(text, parse_constant=not_json)
        # Half of a surrogate pair is no text: UTF-8 has nothing for it.
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Malformed("malformed-json", "not JSON") from None
    batch = from_json("Batch", document)
    check(batch)
    return batch


def not_json(word):
    """Refuses what Python reads beyond JSON: NaN and infinities."""
    raise ValueError(word)


def batch_of_bytes(data):
    """A pushed batch from the bytes of a PushRequest, checked, and the bytes of its events."""
    request = decode("PushRequest", data)
    if "batch" not in request:
        malformed("a push has a batch")
    check(request["batch"])
    return request["batch"], event_bytes(data)


def event_bytes(request):
    """The bytes of each event of a PushRequest, as they came."""
    batch = next(c for n, w, c, _ in Reader(request).fields() if (n, w) == (1, 2))
    return [c for n, w, c, _ in Reader(batch).fields() if (n, w) == (4, 2)]


def encodings(batch):
    return [encode("Event", event) for event in batch["events"]]


def counter(text, least=1):
    if not least <= int(text) <= LIMIT:
        malformed("a counter or offset out of range")
    return int(text)


def name(kind, text):
    if not is_name(kind, text):
        raise Malformed("invalid-name", f"no {kind}: {text[:40]}")


def check(batch):
    name("replica", batch.get("replica", ""))
    first = counter(batch.get("counter", 0))
    events = batch.get("events", [])
    if not 1 <= len(events) <= 1000:
        malformed("1 to 1,000 events")
    counter(first + len(events) - 1)
    for index, event in enumerate(events):
        if len(encode("Event", event)) > 64 * 1024:
            malformed("an event of more than 64 KiB")
        check_event(event, batch["replica"], first + index)


def check_event(event, replica, number):
    if "void" in event:
        malformed("only a server writes void")
    beyond = event.get("beyond", [])
    for entry in beyond:
        name("replica", entry.get("replica", ""))
        counter(entry.get("counter", 0))
    counter(event.get("seen", 0), least=0)
    if "own" in event and int(event["own"]) >= number:
        malformed("own is not below the counter")
    name("channel", event.get("channel", ""))
    operations = event.get("operations", [])
    for operation in operations:
        name("entity", operation.get("entity", ""))
        check_operation(operation, replica, number)
    if not 1 <= len(operations) <= 1000:
        malformed("1 to 1,000 operations")
    if not 0 < int(event.get("time", 0)) <= LATEST:
        malformed("a time out of range")
    if len({entry["replica"] for entry in beyond}) < len(beyond):
        malformed("a replica twice in beyond")
    if len(beyond) > 1000:
        malformed("more than 1,000 entries of beyond")


def action_of(operation):
    """The action and its argument."""
    found = [(k, v) for k, v in operation.items() if k not in ("entity", "path", "_unknown")]
    if found:
        return found[0]
    if "_unknown" in operation:
        return "unknown", list(encode("Operation", operation))
    return malformed("an operation without an action")


def check_operation(operation, replica, number):
    path = parts(operation.get("path", ""))
    if path is None:
        malformed("no pointer")
    action, argument = action_of(operation)
    if len(path) > 16 or any(not 1 <= len(part.encode("utf-8")) <= 256 for part in path):
        malformed("a path too deep, or a part too long or empty")
    if action == "move":
        if any(len(argument.get(end, "").encode("utf-8")) > 256 for end in ("from", "to")):
            malformed("a state of more than 256 bytes")
    elif action == "keep":
        name("replica", argument.get("replica", ""))
        dot = argument["replica"], counter(argument.get("counter", 0))
        counter(argument.get("offset", 0), least=0)
        if int(argument.get("time", 0)) <= 0:
            malformed("a keep without the time of its origin")
        if dot[0] == replica and dot[1] >= number:
            malformed("a keep of a write that is not earlier")
        check_value(argument.get("value"))
    elif action not in ("clear", "unknown"):
        check_value(argument)


def check_value(value):
    if value is None:
        malformed("null is no value")
    if depth(value) > 8:
        malformed("nested deeper than 8")
    check_inside(value)


def depth(value):
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


def check_inside(value):
    if value is None:
        malformed("null is no value")
    if isinstance(value, dict):
        if len({unicodedata.normalize("NFC", key) for key in value}) < len(value):
            malformed("keys that are alike once composed")
        for member in value.values():
            check_inside(member)
    elif isinstance(value, list):
        for element in value:
            check_inside(element)
    elif isinstance(value, str):
        if len(value.encode("utf-8")) > 16 * 1024:
            malformed("a text above 16 KiB")
    elif type(value) is int:
        whole(float(value))
