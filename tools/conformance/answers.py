"""The answer to a case, by its kind (protocol/vectors/README.md)."""

import json
import pathlib

from . import adoption, checkout, form, schema, snapshot
from .change import additive
from .keeps import fits, keeps
from .log import Log
from .protobuf import Malformed, delimited, encode
from .reading import canonical_state, read
from .state import Stamp, State
from .values import canonical, instant, is_name, order, parts, sha256

SCHEMAS = pathlib.Path(__file__).resolve().parent.parent.parent / "protocol" / "schemas"


def answer(case):
    """What a case yields; the case comes without what is expected of it."""
    return ANSWERS[case["kind"]](case)


def joined(given):
    """A text, or a list of texts and [text, times] pairs to be joined."""
    if isinstance(given, str):
        return given
    return "".join(part if isinstance(part, str) else repeated(*part) for part in given)


def repeated(text, times):
    """A text so many times; "#" in it is the number of the repetition, as a replica id."""
    return "".join(text.replace("#", f"{number:032x}") for number in range(1, times + 1))


def spread(given, name=None):
    """The same, with an operation so many times in place of each [operation, times] pair."""
    if isinstance(given, dict):
        return {member: spread(value, member) for member, value in given.items()}
    if not isinstance(given, list):
        return given
    if name != "operations":
        return [spread(value) for value in given]
    pairs = [item if isinstance(item, list) else (item, 1) for item in given]
    return [
        json.loads(json.dumps(operation).replace("#", f"{number:032x}"))
        for operation, times in pairs
        for number in range(1, times + 1)
    ]


def schemas(case, member="schemas"):
    return [
        json.loads((SCHEMAS / f"{name}.json").read_text("utf-8")) if isinstance(name, str) else name
        for name in case[member]
    ]


def folded(case, state=None):
    state = state or State(schemas(case))
    for batch in case["batches"]:
        state.fold(batch)
    return state


# ---- State ----


def state(case):
    return read(folded(case))


def compaction(case):
    """The log up to a cut is written as a snapshot and read again; the rest is folded onto it."""
    before, rest = State(schemas(case)), []
    for batch in case["batches"]:
        for index, event in enumerate(batch["events"]):
            one = {"replica": batch["replica"], "counter": int(batch["counter"]) + index,
                   "offset": int(batch.get("offset", 0)) + index if "offset" in batch else 0,
                   "events": [event]}
            if 0 < one["offset"] <= case["cut"]:
                before.fold(one)
            else:
                rest.append(one)
    after = snapshot.read(snapshot.write(before), case["cut"], schemas(case))
    return {**read(folded({**case, "batches": rest}, after)),
            "snapshotHash": sha256(canonical_state(before))}


def snapshot_taken(case):
    try:
        found = snapshot.read(bytes.fromhex(joined(case["state"])), case["offset"], schemas(case))
    except Malformed:
        return {"taken": False}
    if sha256(canonical_state(found)) != case["stateHash"]:
        return {"taken": False}
    return {"taken": True, **read(folded(case, found))}


def sight(case):
    """The log as a role pulls it: of each event the numbers of the operations that are shown."""
    types = {document["type"]: document for document in schemas(case)}
    entries, batches = [], []
    for batch in case["batches"]:
        events = []
        for index, event in enumerate(batch["events"]):
            shown = [
                number for number, operation in enumerate(event["operations"])
                if (kind := operation["entity"].split("/")[0]) not in types
                or schema.shows(types[kind], parts(operation.get("path", "")), case["role"])
            ]
            entries.append([int(batch["offset"]) + index, shown])
            events.append({**event, "operations": [event["operations"][n] for n in shown]})
        batches.append({**batch, "events": events})
    return {"entries": entries, **read(folded({**case, "batches": batches}))}


def refold(case):
    return read(folded(case).refold(schemas(case, "then")))


def keeps_needed(case):
    case = spread(case)
    state, operations = folded(case), case["operations"]
    needed = keeps(state, operations)
    return {"keeps": needed, "fits": fits(state, [*operations, *needed])}


def adopt(case):
    """One stream adopts another, all in one event."""
    new = folded(case)
    writer = adoption.adopt(case, folded({**case, "batches": case["source"]}), new)
    return {"replica": writer, **read(new)}


def check_out(case):
    """What a checkout writes; where it is written, the state then and what the order costs."""
    state = folded(case)
    found = checkout.checkout(state, schemas(case), case["cart"], case.get("lines"), case["time"])
    if found is None:
        return {"order": None}
    return {"order": found[0], "operations": found[1]}


def total(case):
    return {"total": checkout.total(folded(case), case["order"])}


# ---- The log ----


def log(case):
    stream = Log(schemas(case))
    return {"steps": [step(stream, given) for given in case["steps"]], **read(stream.state)}


def step(stream, given):
    stream.now = given.get("now", stream.now)
    role = given.get("role", "customer")
    try:
        if "push" in given:
            batch = form.batch_of_json(json.dumps(given["push"]))
            return stream.push(batch, form.encodings(batch), role)
        if "pushBytes" in given:
            batch, encodings = form.batch_of_bytes(bytes.fromhex(joined(given["pushBytes"])))
            return stream.push(batch, encodings, role)
    except Malformed as problem:
        return {"problem": problem.code}
    return stream.pull(**given["pull"]) if "pull" in given else stream.compact(given["compact"])


# ---- Events ----


def check(case):
    return {"code": schema.refusal(schemas(case), case["operations"], case["role"])}


def form_of(case):
    try:
        form.batch_of_json(joined(case["text"]))
    except Malformed as problem:
        return {"code": problem.code}
    return {"code": None}


def push_bytes(case):
    try:
        batch, encodings = form.batch_of_bytes(bytes.fromhex(joined(case["bytes"])))
    except Malformed as problem:
        return {"code": problem.code}
    frames = b"".join(delimited(4, event) for event in encodings)
    return {
        "code": None, "replica": batch["replica"], "counter": int(batch["counter"]),
        "events": len(encodings), "frames": sha256(frames),
        "canonical": canonical_state(State(schemas(case)).fold({**batch, "offset": 1})),
    }


def event_bytes(case):
    return {"bytes": encode("Event", case["batch"]["events"][0]).hex()}


def schema_of(case):
    try:
        schema.check_document(case["document"])
    except schema.Unsound as problem:
        return {"sound": False, "place": problem.place}
    return {"sound": True}


def schema_change(case):
    schema.check_document(case["older"])
    schema.check_document(case["newer"])
    return {"additive": additive(case["newer"], case["older"])}


# ---- Causality ----


def covers(case):
    batch = case["event"]
    stamp = Stamp.of(batch["replica"], int(batch["counter"]), 0, batch["events"][0])
    return {"covers": [stamp.has_seen((r, c), offset) for r, c, offset in case["questions"]]}


def order_of(case):
    names = {(False, False): "equal", (True, False): "after", (False, True): "before",
             (True, True): "concurrent"}

    def more(left, right):
        return any(counter > right.get(replica, 0) for replica, counter in left.items())

    return {"orders": [names[more(a, b), more(b, a)] for a, b in case["pairs"]]}


def clock(case):
    latest, readings = (0, 0), []
    for given in case["steps"]:
        if "read" in given:
            time, tick = latest
            if given["read"] > time:
                latest = (given["read"], 0)
            else:
                latest = (time, tick + 1) if tick < 2**32 - 1 else (time + 1, 0)
            readings.append(list(latest))
        elif given["observe"][0] - given["wall"] > 60_000:
            readings.append("refused")
        else:
            latest = max(latest, tuple(given["observe"]))
            readings.append("accepted")
    return {"readings": readings}


# ---- Values ----


def canonical_of(case):
    text = canonical(case["value"])
    return {"text": text, "hash": sha256(text)}


def listed(pointer):
    found = parts(pointer)
    return None if found is None else list(found)


ANSWERS = {
    "state": state,
    "compaction": compaction,
    "snapshot": snapshot_taken,
    "keeps": keeps_needed,
    "refold": refold,
    "sight": sight,
    "adopt": adopt,
    "checkout": check_out,
    "total": total,
    "log": log,
    "check": check,
    "schema": schema_of,
    "schema-change": schema_change,
    "form": form_of,
    "push-bytes": push_bytes,
    "event-bytes": event_bytes,
    "covers": covers,
    "order": order_of,
    "clock": clock,
    "canonical": canonical_of,
    "value-order": lambda case: {"ascending": sorted(case["values"], key=order)},
    "pointer": lambda case: {"parts": [listed(text) for text in case["texts"]]},
    "instant": lambda case: {"milliseconds": [instant(text) for text in case["texts"]]},
    "name": lambda case: {"valid": [is_name(kind, joined(text)) for kind, text in case["names"]]},
}
