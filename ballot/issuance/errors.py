"""What a file between server and issuer is refused for."""

from __future__ import annotations


class FileRefused(Exception):
    """A file that is not what it should be: `code` names why, `sentence` says it in words."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{sentence} ({code})")
        self.code = code
        self.sentence = sentence
