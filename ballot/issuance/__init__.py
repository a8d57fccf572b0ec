"""The files that go between the server and an outside issuer: one module a file.

Spec: docs/spec/issuer.md.  Both sides read and write them here, so that they cannot drift apart;
this knows no framework, and decides nothing: who is on the roll the server knows, and what a code
is the issuer.
"""
