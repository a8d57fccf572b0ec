"""What the entries about candidates and their nominations say, in sentences (bundle §4)."""

from __future__ import annotations

from ballot.showing.wording import Content, Sentences, many, nothing


def _candidates(content: Content) -> str:
    said = []
    for contest in content["contests"]:
        names = ", ".join(contest["candidates"])
        unopposed = " (unopposed)" if contest["unopposed"] else ""
        said.append(f"{contest['title']}: {names}{unopposed}.")
    return " ".join(said)


def _corrected(content: Content) -> str:
    what = ["the statement"] if content["statement"] else []
    what += ["the photograph, which is taken off"] if content["photograph_taken_off"] else []
    return (
        f"{content['candidate']}, {content['contest']}: {' and '.join(what)}. "
        f"The reason: {content['reason']}"
    )


def _struck(content: Content) -> str:
    return f"Nobody stands in {content['contest']}."


def _nominations(content: Content) -> str:
    bodies = sum(one["bodies"] for one in content["bodies"])
    papers = [paper for contest in content["contests"] for paper in contest["papers"]]
    lost = [
        f"{one['candidate']} ({one['reason'].removesuffix('.')})"
        for one in papers if one["valid"] is False
    ]  # fmt: skip
    rejected = f" Rejected: {'; '.join(lost)}." if lost else ""
    return (
        f"{many(papers, 'candidate')} before {bodies:,} nominating "
        f"{'body' if bodies == 1 else 'bodies'}.{rejected}"
    )


def _names_drawn(content: Content) -> str:
    return f"Drawn: {content['seed']}. {content['source']}"


def _withdrawal(content: Content) -> str:
    names, contest, who = content["candidate"], content["contest"], content.get("who")
    if who is None:
        return f"{names} has withdrawn from {contest}."
    if who == "both":
        return f"Both of {names} have withdrawn from {contest}."
    one = names.split(" with ")[who == "second"]
    return f"{one} has withdrawn from {contest}, and so “{names}” stands no longer."


CANDIDATES: Sentences = {
    "candidates": ("Statement of persons nominated", _candidates),
    "nominations-reopened": ("Nominations opened again", nothing),
    "contest-struck": ("A contest was struck", _struck),
    "nominations": ("Statement of the nomination papers", _nominations),
    "names-drawn": ("The lot for the order of names", _names_drawn),
    "withdrawal": ("A candidate withdrew", _withdrawal),
    "candidate-corrected": ("What is shown of a candidate was corrected", _corrected),
}
