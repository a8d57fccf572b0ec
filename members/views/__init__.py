"""Pages of the membership list, by who is looking: administrator, officer, public."""
