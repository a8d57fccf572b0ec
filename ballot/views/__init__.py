"""The pages of an election, by who is looking: the public, an elector, an officer."""
