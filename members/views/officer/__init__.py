"""Pages of the returning officer about rules and rolls. One subject a module."""
