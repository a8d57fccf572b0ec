"""PostgreSQL and Valkey as this folder's own children, for a machine that has neither running.

For trying Hustings out, for the tests and for rehearsals. Real servers are docs/operations.md.
"""
