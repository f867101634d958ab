"""The protocol a second time: what a case of protocol/vectors must yield, from the specification.

Written from protocol/specification.md and the .proto file alone; shares no code with Sources/ and
needs only Python's own library. Naive on purpose: it is read, not run in production.
"""
