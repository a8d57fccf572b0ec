"""The program of an outside issuer, who makes the voting codes on a machine of their own.

`python -m ballot.issuer`; how to use it, step by step: docs/handbook/issuer.md.  It imports the
core and no framework, speaks with no server but the issuer's own mail server, and keeps one folder.
"""
