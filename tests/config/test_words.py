"""The words that docs/glossary.md keeps out of our names and texts are not in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
EXEMPT = {
    **dict.fromkeys(
        ("handle", "process_exception", "process_view", "get_context_data"), "Django's own"
    ),
    **dict.fromkeys(
        ("process_request", "process_request_thread", "handle_error"), "socketserver's own"
    ),
    **dict.fromkeys(
        ("handle_starttag", "handle_endtag", "handle_data", "handle_comment", "handle_pi"),
        "html.parser's own",
    ),
    **dict.fromkeys(("rules_data", "_tie_data"), "the rules are data: the glossary's own word"),
    "PersonalData": "the law's word",
    "Process": "a process of the machine",
    "tally": "the work on sealed ballots, for which the glossary allows it",
}


def words_not_used() -> tuple[set[str], set[str]]:
    """Return the glossary's two lists: never, and never as a name in code."""
    listed = GLOSSARY.rpartition("## Words not used for our own things\n")[2].partition(".")[0]
    never, in_code = re.sub(r"\([^)]*\)", "", listed).split(";")
    return set(words_of(never)), set(words_of(in_code.rpartition(":")[2]))


def words_of(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)]


def sources() -> Iterator[Path]:
    for place in ("config", "office", "members", "ballot", "verifier", "benchmarks", "witness"):
        yield from (ROOT / place).rglob("*.py")


def names(code: str) -> Iterator[str]:
    """Yield the names of classes and functions."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name


def sentences(code: str) -> Iterator[str]:
    """Yield what code may say to a person: its strings of two words or more."""
    tree = ast.parse(code)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        said = node.value if isinstance(node, ast.Constant) else None
        if isinstance(said, str) and " " in said and id(node) not in docstrings:
            yield said


def text_of_page(template: str) -> str:
    """Return what a person reads: no comment, no tag and nothing that is filled in."""
    return re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", template, flags=re.DOTALL)


def test_no_module_class_or_function_bears_a_word_that_is_not_used() -> None:
    never, in_code = words_not_used()
    found = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in sources()
        for name in [file.stem, *names(file.read_text())]
        if set(words_of(name)) & (never | in_code) and name not in EXEMPT
    }

    assert {"admin", "user", "tally", "spoiled"} <= never and "voting" not in never
    assert {"utils", "handle"} <= in_code and in_code.isdisjoint(never)
    assert found == set()


def test_no_page_and_no_sentence_says_a_word_that_is_not_used() -> None:
    never, _ = words_not_used()
    # config/ speaks to whoever runs the machine; the lists of receipts' words are BIP 39's.
    lists = {ROOT / "ballot/sealing/wordlist.py", ROOT / "verifier/words.py"}
    ours = [it for it in sources() if not it.is_relative_to(ROOT / "config")]
    pages = [it for it in (ROOT / "templates").rglob("*") if it.is_file()]
    said = {
        **{it: "\n".join(sentences(it.read_text())) for it in ours if it not in lists},
        **{it: text_of_page(it.read_text()) for it in pages},
    }

    assert len(said) > 100
    assert {str(it) for it, text in said.items() if set(words_of(text)) & never} == set()


@pytest.mark.parametrize("name", ["UserTable", "spoiled_papers", "ADMIN_of", "count_user"])
def test_a_word_is_found_within_a_name(name: str) -> None:
    assert set(words_of(name)) & words_not_used()[0]
    assert not set(words_of("spoilt_papers")) & words_not_used()[0]
