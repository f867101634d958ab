"""What schemathesis cannot know of the service, and OpenAPI has no words for."""

import gzip
import unicodedata
import zlib

import requests
import schemathesis
import urllib3

# Live answers. Each goes on until its client leaves; this one leaves when nothing has come for a while,
# or, where the server is never silent, after so many bytes.
SILENCE = 0.1
MOST = 1 << 20

send_to_the_end = requests.adapters.HTTPAdapter.send


def send(self, request, **options):
    """Codes the body as its header says, and takes of a live answer what there is until a silence."""
    code(request)
    options["stream"] = True
    response = send_to_the_end(self, request, **options)
    if not response.headers.get("Content-Type", "").startswith("text/event-stream"):
        return response
    response.raw.connection.sock.settimeout(SILENCE)
    taken = b""
    try:
        while len(taken) < MOST and (piece := response.raw.read1(65536, decode_content=True)):
            taken += piece
    except (TimeoutError, urllib3.exceptions.ReadTimeoutError):
        pass
    response._content = taken
    response._content_consumed = True
    response.raw.close()
    return response


def code(request):
    coding = request.headers.get("Content-Encoding", "")
    coders = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress}
    coder = coders.get(coding if isinstance(coding, str) else coding.decode("latin-1"))
    if coder and request.body:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        request.body = coder(body)
        request.headers["Content-Length"] = str(len(request.body))


requests.adapters.HTTPAdapter.send = send


@schemathesis.deserializer("application/x-protobuf")
def protobuf(context, response):
    """Bytes are what the document promises of such an answer."""
    return response.content.decode("latin-1")


# Relations between two parts of one request, which JSON Schema cannot state (specification section 4.4
# and 10.5). Each is a 400 that the document tells in words.


@schemathesis.hook
def filter_case(context, case):
    body = case.body
    if not isinstance(body, dict):
        return True
    if body.get("from") is not None and body["from"] == (case.path_parameters or {}).get("stream"):
        return False
    streams = body.get("streams")
    parts = streams if isinstance(streams, list) else []
    pushes = [body.get("batch")] + [part.get("push") for part in parts if isinstance(part, dict)]
    written = body.get("operations")
    return all(is_in_order(push) for push in pushes if isinstance(push, dict)) and all(
        is_flat(operation) for operation in (written if isinstance(written, list) else [])
    )


def is_in_order(batch):
    """Whether each event comes after what it has seen of its own replica, and what it keeps."""
    events = batch.get("events")
    first = number(batch.get("counter"))
    if not isinstance(events, list) or first is None:
        return True
    if first + len(events) > 1 << 53:
        return False
    for counter, event in enumerate(events, first):
        if not isinstance(event, dict):
            continue
        if (number(event.get("own")) or 0) >= counter or not names_each_once(event.get("beyond")):
            return False
        operations = event.get("operations")
        for operation in operations if isinstance(operations, list) else []:
            keep = operation.get("keep") if isinstance(operation, dict) else None
            if isinstance(keep, dict) and keep.get("replica") == batch.get("replica"):
                if (number(keep.get("counter")) or 0) >= counter:
                    return False
            if not is_flat(operation):
                return False
    return True


def names_each_once(vector):
    """Whether a vector names no replica twice."""
    entries = [entry for entry in vector or [] if isinstance(entry, dict)]
    return len({str(entry.get("replica")) for entry in entries}) == len(entries)


def is_flat(value, deep=-1):
    """Whether a value nests no deeper than 8, and its keys differ by more than their composition."""
    if isinstance(value, dict):
        alike = {unicodedata.normalize("NFC", key) for key in value if isinstance(key, str)}
        return deep < 7 and len(alike) == len(value) and all(
            is_flat(part, deep + 1) for part in value.values()
        )
    if isinstance(value, list):
        return deep < 7 and all(is_flat(part, deep + 1) for part in value)
    return True


def number(value):
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
