"""One stream's log as a server keeps it: push, pull and compaction (sections 7 to 9)."""

import copy
import hashlib

from .form import action_of
from .reading import canonical_state, visible
from .schema import refusal
from .state import Stamp, State
from .values import canonical, parts, sha256

DRIFT = 60_000
EPOCH = "0123456789abcdef"


class Entry:
    def __init__(self, replica, counter, event, digest, code, run):
        self.replica, self.counter, self.event = replica, counter, event
        self.digest, self.code, self.run = digest, code, run


class Log:
    def __init__(self, schemas):
        self.schemas, self.state = schemas, State(schemas)
        self.entries, self.horizon, self.runs, self.now = [], 0, 0, 0
        self.chain = bytes(32)

    @property
    def head(self):
        return len(self.entries)

    # ---- Push (section 8) ----

    def push(self, batch, encodings, role):
        self.runs += 1
        verdicts, reached = [], True
        for index, (event, data) in enumerate(zip(batch["events"], encodings)):
            counter = int(batch["counter"]) + index
            verdict = {"code": "not-reached"}
            if reached:
                verdict = self.judge(batch["replica"], counter, event, data, role)
                reached = "offset" in verdict or verdict.get("outcome") == "DUPLICATE"
            verdicts.append({"counter": counter, "outcome": "REFUSED", **verdict})
        chain = None if any(e.code for e in self.entries) else self.chain.hex()
        return {"verdicts": verdicts, "head": self.head, "chain": chain}

    def judge(self, replica, counter, event, data, role):
        digest, last = hashlib.sha256(data).digest(), self.state.vector.get(replica, 0)
        if counter <= last:
            return self.known(replica, counter, digest)
        if counter > last + 1:
            return {"code": "gap", "expected": last + 1}
        lacks = any(
            int(e["counter"]) > self.state.vector.get(e["replica"], 0)
            for e in event.get("beyond", [])
        )
        if int(event.get("seen", 0)) > self.head or lacks:
            return {"code": "unknown-context"}
        if int(event["time"]) - self.now > DRIFT:
            return {"code": "clock-drift"}
        code = (
            refusal(self.schemas, event["operations"], role)
            or self.contradiction(replica, counter, event)
            or self.crowding(replica, counter, event)
        )
        self.append(Entry(replica, counter, event, digest, code, self.runs), data)
        accepted = {"outcome": "ACCEPTED", "offset": self.head}
        return {"code": code, "offset": self.head} if code else accepted

    def known(self, replica, counter, digest):
        """The answer to an event that came before."""
        offset = next(
            i for i, e in enumerate(self.entries, 1) if (e.replica, e.counter) == (replica, counter)
        )
        entry = self.entries[offset - 1]
        dropped = [e.counter for e in self.entries[: self.horizon] if e.replica == replica]
        is_dropped = offset <= self.horizon and not entry.code
        # Of what was dropped, as much is known as one push may hold.
        if entry.digest != digest or is_dropped and counter <= dropped[-1] - 1_000:
            return {"code": "replica-cloned"}
        if is_dropped:
            return {"outcome": "DUPLICATE"}
        if entry.code:
            return {"code": entry.code, "offset": offset}
        return {"outcome": "DUPLICATE", "offset": offset}

    def append(self, entry, data):
        self.entries.append(entry)
        event = {"void": {}} if entry.code else entry.event
        batch = {"replica": entry.replica, "counter": entry.counter, "offset": self.head}
        self.state.fold({**batch, "events": [event]})
        dot = bytes.fromhex(entry.replica) + entry.counter.to_bytes(8, "big")
        self.chain = hashlib.sha256(self.chain + dot + data).digest()

    def contradiction(self, replica, counter, event):
        """Whether moves say what their writer had seen not to be (section 5.6)."""
        seen, own = int(event.get("seen", 0)), int(event.get("own", counter - 1))
        beyond = {e["replica"]: int(e["counter"]) for e in event.get("beyond", [])}
        reached = {}
        for operation in event["operations"]:
            action, argument = action_of(operation)
            place = operation["entity"], parts(operation.get("path", ""))
            rule = self.state.rule(*place)
            if action != "move" or not rule or rule["rule"] != "workflow":
                continue
            leaf = self.state.leaves.get(place, [])
            covered = all(
                0 < w.stamp.offset <= seen
                or (w.stamp.dot[0] == replica and w.stamp.dot[1] <= own)
                or w.stamp.dot[1] <= beyond.get(w.stamp.dot[0], 0)
                for w in leaf
            )
            states = [w.value for w in visible(leaf)] if leaf else [""]
            if place in reached:
                covered, states = True, [reached[place]]
            if covered and argument.get("from", "") not in states:
                return "schema-violation"
            if covered:
                reached[place] = argument["to"]
        return None

    def crowding(self, replica, counter, event):
        """Whether an event adds to a field that its writer had seen full (section 5.11)."""
        fields = self.bounded(event)
        if not fields:
            return None
        stamp = Stamp.of(replica, counter, 0, event)
        after = copy.deepcopy(self.state)
        after.fold({"replica": replica, "counter": counter, "events": [event]})
        for entity, path, most in fields:
            held, seen = pieces(self.state, entity, path), pieces(after, entity, path)
            added = set(seen) - set(held)
            covered = [p for p, writes in seen.items() if any(map(stamp.covers, writes))]
            if added and len(covered) > most and not self.excused(stamp, entity, path):
                return "schema-violation"
        return None

    def bounded(self, event):
        """The fields with a bound to which an event may add, with that bound."""
        found = []
        for operation in event["operations"]:
            if action_of(operation)[0] not in ("set", "add", "append", "move"):
                continue
            entity, path = operation["entity"], parts(operation.get("path", ""))
            for length in range(1, len(path) + 1):
                rule = self.state.rule(entity, path[:length])
                if rule and "most" in rule:
                    found.append((entity, path[:length], rule["most"]))
        return found

    def excused(self, stamp, entity, path):
        """Whether something was taken out meanwhile, or may have been."""
        if stamp.seen < self.horizon:
            return True
        for offset, entry in enumerate(self.entries, 1):
            if entry.code or stamp.has_seen((entry.replica, entry.counter), offset):
                continue
            for operation in entry.event["operations"]:
                at = parts(operation.get("path", ""))
                near = at == path[: len(at)] or path == at[: len(path)]
                if operation["entity"] == entity and near and action_of(operation)[0] in ("remove", "clear"):
                    return True
        return False

    # ---- Compaction and pull (sections 7 and 9) ----

    def compact(self, offset):
        self.horizon = max(self.horizon, offset)
        return {"horizon": self.horizon}

    def state_hash(self):
        return sha256(canonical_state(self.state))

    def pull(self, after=0, limit=0, replica=None, epoch=EPOCH):
        if epoch != EPOCH or after < self.horizon:
            snapshot = {"offset": self.head, "stateHash": self.state_hash()}
            return {"entries": [], "next": self.head, "more": False, "head": self.head,
                    "snapshot": snapshot, "stateHash": snapshot["stateHash"]}
        if after > self.head:
            return {"problem": "invalid-cursor"}
        end = min(self.head, after + (limit or 5000))
        voids = {entry.run for entry in self.entries if entry.code}
        found = []
        for offset in range(after + 1, end + 1):
            entry = self.entries[offset - 1]
            kind = "void" if entry.code else "event"
            if entry.replica == replica and entry.run not in voids:
                kind = "omitted"
            found.append([offset, entry.replica, entry.counter, kind])
        answer = {"entries": found, "next": end, "more": end < self.head, "head": self.head}
        if end == self.head and self.head:
            answer["stateHash"] = self.state_hash()
        return answer


def pieces(state, entity, path):
    """The elements, keys or facts of a field, each with the stamps of its live writes."""
    found, kind = {}, state.rule(entity, path)["rule"]
    for (owner, place), leaf in state.leaves.items():
        if owner != entity or place[: len(path)] != path:
            continue
        for index, write in enumerate(leaf):
            name = {"map": lambda: place[len(path)], "set": lambda: canonical(write.value)}
            found.setdefault(name.get(kind, lambda: index)(), []).append(write.stamp)
    return found
