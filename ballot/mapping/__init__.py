"""Between rows and what stands on the board: each entry's content as canonical values.

One function a kind of entry, one subject a module, so that reading this folder tells what the
board says. Nothing here names a person, save candidates and officers in their public office.
"""
