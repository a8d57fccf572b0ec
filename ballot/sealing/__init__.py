"""The sealing core: from a voting code to a sealed ballot, a mixed box and an opened profile.

Specification: docs/spec/sealing.md, cited as `sealing §n` wherever a step is taken.  Nothing here
knows of a database, a clock, a file or a network, and every random byte comes in as an argument.
"""
