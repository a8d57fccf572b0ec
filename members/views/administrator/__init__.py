"""Pages of the membership administrator. One subject a module."""
