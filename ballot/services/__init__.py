"""The official acts of an election, one a file: each is one transaction, and all that writes."""
