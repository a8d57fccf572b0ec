"""What is typed at the pages of the membership list. One subject a module."""
