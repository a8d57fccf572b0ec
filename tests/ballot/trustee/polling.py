"""A poll on the board of a world: its key, its ballots, its boxes, and the lies that a test tells.

Three sections: four cast in a, three in b of whom one is set aside, one in c, who is pooled with b.
Three contests, of which the second is unopposed.  One code is replaced, one comes late.  Who is set
aside is struck off by the second amendment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from ballot.canonical import XofRng, canonical
from ballot.sealing.ballot import SealedBallot, seal_ballot, tracker_hash
from ballot.sealing.box import Box, box_hash
from ballot.sealing.ceremony import check_reveals, deal, finish, prepare
from ballot.sealing.codes import VotingKey, make_code, voting_key
from ballot.sealing.keys import KeyShare
from ballot.sealing.maker import sign_commitment, sign_mix
from ballot.sealing.mixing import mix
from ballot.sealing.setting import BoxName, Setting
from ballot.sealing.sharefile import seal_share
from ballot.sealing.shuffle import read_mix
from tests.ballot.trustee.world import NAMES, PASSPHRASE, World

CONTESTS = ("contest-1", "contest-3")
BOXES = (("a",), ("b", "c"))
Place = tuple[str, int]


@dataclass
class Polling:
    """A poll under way.

    keys: by section, the voters' keys.  cast: each entry's number, section and wire.
    sealed: what the reconciliation is to tell of amendments' keys.
    """

    world: World
    shares: list[KeyShare] = field(default_factory=list)
    keys: dict[str, list[VotingKey]] = field(default_factory=dict)
    cast: list[tuple[int, str, bytes]] = field(default_factory=list)
    aside: set[int] = field(default_factory=set)
    fingerprint: bytes = b""
    sealed: list[dict[str, Any]] = field(default_factory=list)
    is_closed: bool = False

    @property
    def setting(self) -> Setting:
        return Setting(self.fingerprint, self.world.key.public_key)

    # --- before the poll ---

    def make_key(self) -> None:
        """Hold the ceremony, all of it in this process."""
        world, frame = self.world, self.world.frame
        rng = XofRng(b"polling")
        made = [prepare(frame, number, rng=rng) for number in frame.numbers]
        secrets = [secret for secret, _ in made]
        for _, commitment in made:
            world.tell("commitment", commitment.to_json())
        for secret in secrets:
            world.tell("reveal", secret.reveal.to_json())
        reveals = check_reveals(frame, world.said("commitment"), world.said("reveal"))
        for secret in secrets:
            dealing = deal(secret, ceremony=frame, reveals=reveals, rng=rng)
            world.tell("dealing", dealing.to_json())
        for number in frame.numbers:
            world.tell("received", {"complaints": [], "number": number})
        for secret in secrets:
            share, confirmation = finish(
                secret, ceremony=frame, commitments=world.said("commitment"), reveals=reveals,
                dealings=world.said("dealing"), complaints=(), rng=rng,
            )  # fmt: skip
            self.shares.append(share)
            world.tell("confirmation", confirmation.to_json())

    def keep_shares(self, folder: Path) -> None:
        """Give each trustee a folder with their share file, as if from paper."""
        for share in self.shares:
            own = folder / str(share.number)
            own.mkdir(exist_ok=True)
            sealed = seal_share(share, passphrase=PASSPHRASE, rng=os.urandom)
            (own / "share.json").write_bytes(sealed)

    def open(self, change: Callable[[dict[str, Any]], None] = lambda content: None) -> None:
        """Put all before the poll on the board, and open it.  change: the opening's content."""
        contests = [
            {"title": "Leader", "candidates": ["Ash", "Birch"], "unopposed": False},
            {"title": "Clerk", "candidates": ["Cedar"], "unopposed": True},
            {"title": "Deputy", "candidates": ["Dale", "Elm"], "unopposed": False},
        ]
        world = self.world
        world.add("candidates", {"contests": contests})
        totals = [{"section": section, "unit": None, "rule": "eligible", "people": 4}
                  for section in "abc"]  # fmt: skip
        world.add("roll", {"commitment": "00" * 32, "totals": totals})
        self.keys = {section: [voter(section, n) for n in range(5)] for section in "abc"}
        sections = [self.issued(section, keys[:4]) for section, keys in self.keys.items()]
        world.add("credentials", {"sections": sections})
        named = ("notice", "candidates", "roll", "key", "credentials")
        content = {
            "contests": [
                {**contest, "code": f"contest-{place}"}
                for place, contest in enumerate(contests, 1)
                if not contest["unopposed"]
            ],
            "entries": {kind: world.digest(kind) for kind in named},
            "amendments": [],
            "software": {},
        }
        change(content)
        self.fingerprint = world.add("opening", content)

    def issued(self, section: str, keys: list[VotingKey]) -> dict[str, Any]:
        sorted_keys = sorted(key.credential for key in keys)
        named = self.world.blob(b"".join(sorted_keys))
        return {"section": section, "credentials": len(keys), "keys": named, "signature": None}

    # --- the poll ---

    def seal(self, section: str, number: int, *, meant_for: str = "") -> bytes:
        """Seal a ballot of a section's voter.  meant_for: another section, for a lie."""
        sealed = seal_ballot(
            (number % 3, 1), setting=self.setting, contests=CONTESTS,
            section=meant_for or section, key=self.keys[section][number], rng=os.urandom,
        )  # fmt: skip
        return sealed.to_bytes()

    def put(self, section: str, wire: bytes) -> int:
        """Put a ballot on the board; give its entry's number."""
        ballot = SealedBallot.parse(wire, contests=(len(wire) - 96) // 131)
        number = len(self.world.bodies)
        self.world.add("ballot", {
            "credential": ballot.credential.hex(), "signature": ballot.signature.hex(),
            "votes": [vote.to_bytes().hex() for vote in ballot.votes],
        })  # fmt: skip
        self.cast.append((number, section, wire))
        return number

    def poll(self) -> None:
        """Cast, replace a code, bring one that comes late, and set a ballot aside."""
        for section, number in (("a", 0), ("b", 0), ("a", 1), ("b", 1), ("c", 0), ("b", 2)):
            self.put(section, self.seal(section, number))
        fresh = voter("a", 9)
        self.reissue(fresh, self.keys["a"][2])
        self.keys["a"][2] = fresh
        self.put("a", self.seal("a", 2))
        self.amend("added", "a", issued=[self.issued("a", self.keys["a"][4:])])
        self.put("a", self.seal("a", 4))

    def amend(
        self,
        change: str,
        section: str,
        *,
        people: int = 1,
        reason: str = "died",
        issued: Sequence[dict[str, Any]] = (),
        revoked: dict[str, Any] | None = None,
    ) -> int:
        """Amend the roll, its keys sealed; give the amendment's number."""
        number = len(self.world.contents("amendment")) + 1
        keys = {"issued": list(issued), "revoked": revoked, "salt": "11" * 32}
        self.sealed.append({**keys, "amendment": number})
        self.world.add("amendment", {
            "number": number, "reason": reason,
            "changes": [{"change": change, "section": section, "people": people}],
            "keys": {"sealed": sha256(canonical(keys)).hexdigest()},
        })  # fmt: skip
        return number

    def set_aside(self, number: int) -> int:
        """Strike somebody off who cast, and set the ballot of their entry aside."""
        amendment = self.amend("struck", self.section_of(number))
        self.tell_aside("set-aside", number, amendment)
        return amendment

    def let_stand(self, number: int) -> None:
        """Restore somebody, and let the ballot of their entry stand again."""
        self.tell_aside("ballots-stand", number, self.amend("restored", self.section_of(number)))

    def tell_aside(
        self, kind: str, number: int, amendment: int, *, reason: str = "died"
    ) -> None:
        """Set the ballot of an entry aside, or let it stand, by an amendment."""
        [wire] = [wire for found, _, wire in self.cast if found == number]
        ballot = SealedBallot.parse(wire, contests=len(CONTESTS))
        tracker = tracker_hash(ballot.credential, ballot.votes, setting=self.setting).hex()
        told = {"tracker": tracker, "entry": number, "reason": reason, "amendment": amendment}
        self.world.add(kind, {"ballots": [told]})
        self.aside ^= {number}

    def section_of(self, number: int) -> str:
        [section] = [section for found, section, _ in self.cast if found == number]
        return section

    def reissue(self, fresh: VotingKey, *revoked: VotingKey) -> None:
        """Put a new key in the place of others."""
        self.world.add("reissue", {
            "credential": fresh.credential.hex(),
            "revoked": [key.credential.hex() for key in revoked],
            "signature": None, "revocations": None,
        })  # fmt: skip

    def place_of_third_in_b(self) -> int:
        return [number for number, section, _ in self.cast if section == "b"][2]

    # --- after the close ---

    def close(self) -> None:
        """Close the poll, unless it is closed."""
        if not self.is_closed:
            self.is_closed = True
            self.world.add("close", {"early": False})

    def rows(self, contest: str, sections: tuple[str, ...]) -> bytes:
        """Give the pairs of a box, from the ballots that count, in the order of the board."""
        at = 32 + 131 * CONTESTS.index(contest)
        return b"".join(
            wire[at : at + 66]
            for code in sections
            for number, section, wire in self.cast
            if section == code and number not in self.aside
        )

    def reconcile(
        self,
        change: Callable[[dict[str, Any]], None] = lambda content: None,
        *,
        boxes: tuple[tuple[str, ...], ...] = BOXES,
        rows: Callable[[bytes], bytes] = lambda rows: rows,
    ) -> None:
        """Close, and fix the boxes.  change: of its content; rows: each box's pairs."""
        self.close()
        told = []
        for contest in CONTESTS:
            for number, sections in enumerate(boxes):
                pairs = rows(self.rows(contest, sections))
                box = self.parse(contest, sections, pairs)
                told.append({
                    "contest": contest, "number": number, "sections": list(sections),
                    "ballots": len(box), "digest": box_hash(box, setting=self.setting).hex(),
                    "sealed": self.world.blob(pairs),
                })  # fmt: skip
        content = {"sections": [{"code": code} for code in "abc"], "boxes": told,
                   "amended_keys": self.sealed}  # fmt: skip
        change(content)
        self.world.boxes = content["boxes"]
        self.world.add("reconciliation", content)

    def parse(self, contest: str, sections: tuple[str, ...], pairs: bytes) -> Box:
        rows = np.frombuffer(pairs, np.uint8).reshape(-1, 66)
        return Box.parse(BoxName(contest, sections), rows)

    @property
    def places(self) -> list[Place]:
        return [(box["contest"], box["number"]) for box in self.world.boxes if box["ballots"]]

    def last_box(self, place: Place) -> Box:
        """Give a box after its last mix, as the board has it."""
        [told] = [b for b in self.world.boxes if (b["contest"], b["number"]) == place]
        pairs = self.world.blobs[told["sealed"]["sha256"]]
        box = self.parse(place[0], tuple(told["sections"]), pairs)
        for shown in self.world.mixes.get(place, []):
            box = read_mix(self.world.blobs[shown["content"]["sha256"]], before=box).after
        return box

    def mixed(self, place: Place, mixer: str) -> bytes:
        """Give a mix of a box as it stands, by somebody."""
        box = self.last_box(place)
        return mix(box, setting=self.setting, mixer=mixer, rng=os.urandom).to_bytes()

    def signed(self, place: Place, content: bytes, number: int) -> str:
        return sign_mix(
            content, name=self.last_box(place).name, setting=self.setting, key=self.world.key,
            share=self.shares[number - 1], rng=os.urandom,
        ).hex()  # fmt: skip

    def mix_by_server(self) -> None:
        for place in self.places:
            content = self.mixed(place, "server")
            self.world.show_mix(place, content, trustee=None, signature=None)

    def mix_by(self, number: int) -> None:
        """Mix every box as a trustee would."""
        for place in self.places:
            content = self.mixed(place, NAMES[number - 1])
            signature = self.signed(place, content, number)
            self.world.show_mix(place, content, trustee=number, signature=signature)


    def commit(
        self, place: Place, number: int, commitment: bytes, *, signer: int | None = None,
        signed_for: Place | None = None,
    ) -> None:
        """Show a commitment in a trustee's name, signed with the share of that one or another's."""
        share = replace(self.shares[(signer or number) - 1], number=number)
        signature = sign_commitment(
            commitment, name=self.last_box(signed_for or place).name, setting=self.setting,
            key=self.world.key, share=share, rng=os.urandom,
        )  # fmt: skip
        self.world.commit(place, number, commitment.hex(), signature.hex())


def voter(section: str, number: int) -> VotingKey:
    code = make_code(rng=XofRng(f"{section}{number}".encode()))
    return voting_key(code, election_id=bytes(16))


@contextmanager
def polling(
    folder: Path,
    change: Callable[[dict[str, Any]], None] = lambda content: None,
    *,
    smallest_box: int = 2,
    mixes_wanted: int = 2,
) -> Iterator[Polling]:
    """Give a poll that is open, with the shares in the trustees' folders; served."""
    with World(mixes_wanted=mixes_wanted).begin(smallest_box=smallest_box).served() as world:
        poll = Polling(world)
        poll.make_key()
        poll.keep_shares(folder)
        poll.open(change)
        yield poll


@contextmanager
def closed(folder: Path, *, mixes_wanted: int = 2) -> Iterator[Polling]:
    """Give a poll after its close, one ballot set aside, no box fixed yet."""
    with polling(folder, mixes_wanted=mixes_wanted) as poll:
        poll.poll()
        poll.set_aside(poll.place_of_third_in_b())
        yield poll


@contextmanager
def mixed(folder: Path) -> Iterator[Polling]:
    """Give a poll whose boxes the server and the third trustee have mixed."""
    with closed(folder) as poll:
        poll.reconcile()
        poll.mix_by_server()
        poll.mix_by(3)
        yield poll

