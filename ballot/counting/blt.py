"""BLT files: the customary form of ranked papers, read and written.

Described by Hill, Wichmann and Woodall (Algorithm 123, The Computer Journal, 1987) and used with
small differences by most counting programs. What is taken here, line by line, is in
docs/spec/counting.md §8; a file outside it is refused with the line and the reason, never guessed
at. Not here: opening the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ballot.counting.errors import BltRefused, PapersRefused
from ballot.counting.profile import Profile, Ranking, check_name, parse_profile

BLT_SECTION = "all papers"
"""A BLT file knows no sections: its papers are one section of this name."""

# At most 15 digits: no electorate is larger, and int() of a longer text could be made slow.
_WHOLE = re.compile(r"[0-9]{1,15}\Z", re.ASCII)
_WITHDRAWN = re.compile(r"-[0-9]{1,15}\Z", re.ASCII)
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"\s*(?:#.*)?\Z')
_ESCAPED = re.compile(r"\\(.)")
_PAPER_ID = re.compile(r"\A\([^()]*\)\s*")

_Line = tuple[int, str]


def parse_blt(data: bytes) -> Profile:
    """Read a BLT file whole, or refuse it.

    Spec:   counting §8.
    Cost:   one look at each line; a line met before is not read again.
    Raises: BltRefused, with the line and the reason.
    """
    lines = list(_lines(data))
    last = lines[-1][0] if lines else 1
    rest = iter(lines)
    candidates, places = _sizes(rest)
    papers, withdrawn = _papers(rest, candidates, last)
    names, title = _texts(rest, candidates, last)
    return parse_profile(
        names, {BLT_SECTION: papers}, withdrawn=withdrawn, title=title, places=places
    )


def write_blt(profile: Profile) -> bytes:
    """Write a profile as BLT; its sections are added together. Spec: counting §8.5."""
    pooled: dict[Ranking, int] = {}
    for section in profile.sections:
        for ranking, papers in (*section.papers, ((), section.blank)):
            pooled[ranking] = pooled.get(ranking, 0) + papers
    lines = [f"{len(profile.candidates)} {profile.places}"]
    lines += [" ".join(str(-1 - position) for position in sorted(profile.withdrawn))]
    lines += [
        " ".join(map(str, (papers, *(position + 1 for position in ranking), 0)))
        for ranking, papers in sorted(pooled.items())
        if papers
    ]
    lines += ["0", *map(_quote, profile.candidates), _quote(profile.title)]
    return "".join(f"{line}\n" for line in lines if line).encode()


def _lines(data: bytes) -> Iterator[_Line]:
    """Number the lines that say something; a comment runs from # to the end outside of quotes."""
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            line = raw.decode().strip()
        except UnicodeDecodeError:
            raise BltRefused(number, "the text is not UTF-8") from None
        if not line.startswith('"'):
            line = line.partition("#")[0].strip()
        if line:
            yield number, line


def _sizes(lines: Iterator[_Line]) -> tuple[int, int]:
    """Read the first line: candidates, places. Spec: counting §8.1."""
    number, line = next(lines, (1, ""))
    words = line.split()
    if len(words) != 2 or not all(_WHOLE.match(word) for word in words):
        raise BltRefused(number, "the first line gives the number of candidates and of places")
    candidates, places = map(int, words)
    if not candidates or not places:
        raise BltRefused(number, "there is no candidate or no place")
    return candidates, places


def _papers(
    lines: Iterator[_Line], candidates: int, last: int
) -> tuple[dict[Ranking, int], set[int]]:
    papers: dict[Ranking, int] = {}
    withdrawn: set[int] = set()
    seen: dict[str, tuple[Ranking, int]] = {}
    for number, line in lines:
        if line == "0":
            return papers, withdrawn
        if line.startswith("-"):
            if seen:
                raise BltRefused(number, "withdrawn candidates come before the papers")
            withdrawn |= _withdrawn(number, line, candidates)
            continue
        if line not in seen:
            seen[line] = _paper(number, line, candidates)
        ranking, many = seen[line]
        papers[ranking] = papers.get(ranking, 0) + many
    raise BltRefused(last, "the file ends before the line 0 that closes the papers")


def _withdrawn(number: int, line: str, candidates: int) -> set[int]:
    """Read a line such as -2 -3. Spec: counting §8.2."""
    words = line.split()
    if not all(_WITHDRAWN.match(word) for word in words):
        raise BltRefused(number, "a line of withdrawn candidates has numbers such as -2 only")
    return {_position(number, word[1:], candidates) for word in words}


def _paper(number: int, line: str, candidates: int) -> tuple[Ranking, int]:
    """Read one line of papers alike: how many, the ranking, 0; OpenSTV's "(id)" may go before.

    Spec: counting §8.3.
    """
    many, *ranking = _PAPER_ID.sub("", line).split() or [""]
    if not _WHOLE.match(many) or not int(many):
        raise BltRefused(number, f"a line of papers begins with how many they are, not {many!r}")
    if not ranking or ranking.pop() != "0":
        raise BltRefused(number, "a line of papers ends with 0")
    positions = tuple(_position(number, word, candidates) for word in ranking)
    if len(set(positions)) != len(positions):
        raise BltRefused(number, "a candidate is ranked twice")
    return positions, int(many)


def _position(number: int, word: str, candidates: int) -> int:
    if "=" in word:
        raise BltRefused(number, "two candidates share a preference")
    if not _WHOLE.match(word):
        raise BltRefused(number, f"not the number of a candidate: {word!r}")
    if not 1 <= int(word) <= candidates:
        raise BltRefused(number, f"there is no candidate {int(word)}")
    return int(word) - 1


def _texts(lines: Iterator[_Line], candidates: int, last: int) -> tuple[list[str], str]:
    """Read the names, the title and, after it, the two further texts that some programs write.

    Spec: counting §8.4.
    """
    texts = [(number, _unquote(number, line)) for number, line in lines]
    if len(texts) < candidates:
        raise BltRefused(last, f"{candidates} candidates, but {len(texts)} names")
    if len(texts) > candidates + 3:
        raise BltRefused(texts[candidates + 3][0], "there is more after the title")
    names = [_name(number, text) for number, text in texts[:candidates]]
    met: set[str] = set()
    for (number, _), name in zip(texts, names, strict=False):
        if name in met:
            raise BltRefused(number, f"two candidates have the same name: {name}")
        met.add(name)
    title = texts[candidates] if len(texts) > candidates else (last, "")
    return names, _name(*title) if title[1] else ""


def _name(number: int, text: str) -> str:
    try:
        check_name(text)
    except PapersRefused as refusal:
        raise BltRefused(number, refusal.reason) from None
    return text


def _unquote(number: int, line: str) -> str:
    if not line.startswith('"'):
        return line
    match = _QUOTED.match(line)
    if match is None:
        raise BltRefused(number, "a quotation mark is missing or out of place")
    return _ESCAPED.sub(r"\1", match[1])


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
