"""The board's core: a log of entries that cannot be rewritten, or shown in two forms, unnoticed.

Specification: docs/spec/board.md, cited as `board §n` wherever a step is taken. It follows RFC 6962
and 9162 and the C2SP specifications (signed-note, tlog-checkpoint, tlog-tiles, tlog-cosignature,
tlog-witness, tlog-proof), so that any program that reads such logs reads this one. Nothing here
knows of a database, a clock, a file or a network: bytes come in, bytes go out.
"""
