"""Every paper of the profile, sealed and cast through the casting service."""

from __future__ import annotations

import multiprocessing
import os
import time
from multiprocessing.sharedctypes import Synchronized

import numpy as np
from django.db import connections

from ballot.models import Election
from ballot.rehearsal.outcome import Listener
from ballot.rehearsal.plan import Plan, section_codes, voting
from ballot.rehearsal_steps import keys_in_letters
from ballot.sealing.bulk import seal_ballots
from ballot.selectors import contest_codes, ranking_space, setting_of
from ballot.services.cast_ballot import cast_ballot
from ballot.services.polls import Poll, poll_at

SEAL_AT_ONCE = 50_000


def seal_papers(plan: Plan, election: Election, listener: Listener) -> list[np.ndarray]:
    """Every paper of the profile, sealed with a code of its section, in pieces of 50,000."""
    contest = election.contests.get()
    names = [candidate.name for candidate in contest.candidates.order_by("position")]
    places = {name: place for place, name in enumerate(names)}
    space = ranking_space(contest)
    total = sum(section.valid + section.blank for section in voting(plan))
    done = 0
    sealed = []
    codes = section_codes(plan)
    listener.report(done=0, total=total, unit="ballots")
    for section in voting(plan):
        choices = np.concatenate(
            [np.zeros(section.blank, dtype=np.uint32)]
            + [
                np.full(papers, space.index([places[plan.profile.candidates[c]] for c in ranking]),
                        dtype=np.uint32)
                for ranking, papers in section.papers
            ]
        )
        code = codes[section.name]
        secrets = keys_in_letters(election, code, len(choices), plan.processes)
        for first in range(0, len(choices), SEAL_AT_ONCE):
            piece = slice(first, first + SEAL_AT_ONCE)
            sealed.append(
                seal_ballots(
                    choices[piece].reshape(-1, 1), setting=setting_of(election),
                    contests=contest_codes(election), section=code, secrets=secrets[piece],
                    rng=os.urandom, processes=plan.processes,
                )
            )
            done += len(choices[piece])
            listener.report(done=done, total=total)
    return sealed


def cast_all(
    election: Election, wires: list[np.ndarray], processes: int, listener: Listener
) -> int:
    """Cast every ballot through the service, from so many processes."""
    total = sum(len(piece) for piece in wires)
    listener.report(done=0, total=total, unit="ballots")
    poll = poll_at(election.slug)
    done: Synchronized[int] = multiprocessing.Value("q", 0)
    # A connection must not be shared over a fork: each process opens its own.
    connections.close_all()
    forked = multiprocessing.get_context("fork")
    workers = [
        forked.Process(target=_cast_share, args=(poll, wires, number, processes, done))
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        time.sleep(0.5)
        listener.report(done=done.value, total=total)
    if done.value != total or any(worker.exitcode for worker in workers):
        raise RuntimeError(f"only {done.value} of {total} ballots were cast")
    return total


def _cast_share(
    poll: Poll, wires: list[np.ndarray], number: int, of: int, done: Synchronized[int]
) -> None:
    # What this process inherited is the parent's; psycopg2 forgets it without ending its session.
    connections.close_all()
    cast = 0
    for piece in wires:
        for row in piece[number::of]:
            cast_ballot(poll, wire=row.tobytes())
            cast += 1
            if cast % 200 == 0:
                with done.get_lock():
                    done.value += 200
    with done.get_lock():
        done.value += cast % 200
    connections.close_all()
