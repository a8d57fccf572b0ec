"""What is typed on the pages of an election, and read from there into plain values."""
