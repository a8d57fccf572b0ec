"""The key ceremony: a key that nobody has held, shared among n trustees, any t of whom can open.

Source: Pedersen 1991 on Feldman 1987, in steps that are pure functions of what was published:

    1. prepare   each trustee draws a polynomial and publishes a hash of what they will reveal
    2. reveal    … and then reveals it: its points, a key to send shares to, proofs of possession
    3. deal      each sends each other their share, sealed, and proves to know what seals it
    4. receive   each opens and checks theirs; complaints open a false one to all
    5. finish    who was proved wrong is out; the others confirm their share of the key
       conclude  everybody computes the same key, or learns who stopped it

The hashes keep the last to speak from choosing their part by the others' (a rushing adversary).
One can still be caught on purpose in step 4, and so choose between two keys of which one knows
nothing: that does not help to decrypt (Gennaro, Jarecki, Krawczyk and Rabin 2007, §5).  A dealer's
proofs keep a complaint from opening anything that the dealer did not know (sealing §9.4).  Nothing
here authenticates a message: sealing §9.1 says what the channel must do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ballot.canonical import canonical, transcript_hash
from ballot.sealing import native
from ballot.sealing.dealing import (
    agreed_point,
    evaluate,
    evaluate_in_public,
    is_whole,
    judge,
    open_sealed,
    seal_share_for,
    share_statement,
)
from ballot.sealing.errors import CeremonyRejected
from ballot.sealing.keys import ElectionKey, KeyShare, PublicShare
from ballot.sealing.messages import (
    Ceremony,
    Commitment,
    Complaint,
    Confirmation,
    Dealing,
    Message,
    Reveal,
    TrusteeSecret,
    by_trustee,
)
from ballot.sealing.native import ORDER
from ballot.sealing.proofs import knows, prove_equality, prove_knowledge
from ballot.sealing.reveals import check_possession, reveal_hash
from ballot.sealing.scalars import Rng, random_scalar, random_scalars


def prepare(
    ceremony: Ceremony, number: int, *, rng: Rng
) -> tuple[TrusteeSecret, Commitment]:
    """Step 1: draw a polynomial and a key, and commit to their public side (sealing §9.2).

    Raises: CeremonyRejected "ceremony.number".
    """
    if number not in ceremony.numbers:
        raise CeremonyRejected("ceremony.number", trustee=number)
    coefficients, encryption = random_scalars(rng, ceremony.quorum), random_scalar(rng)
    points = tuple(native.write_point(native.base_times(each)) for each in coefficients)
    sealing_point = native.write_point(native.base_times(encryption))
    statement = (ceremony.digest(), number)
    revealed = Reveal(
        number,
        points,
        sealing_point,
        prove_knowledge(
            "ceremony-possession", *statement, "key", points[0], secret=coefficients[0], rng=rng
        ),
        prove_knowledge(
            "ceremony-possession",
            *statement,
            "encryption",
            sealing_point,
            secret=encryption,
            rng=rng,
        ),
    )
    secret = TrusteeSecret(number, tuple(coefficients), encryption, revealed)
    return secret, Commitment(number, reveal_hash(ceremony, revealed))


def reveal(
    secret: TrusteeSecret, *, ceremony: Ceremony, commitments: Sequence[Commitment]
) -> Reveal:
    """Step 2: reveal, once every trustee has committed and not before (sealing §9.2).

    Raises: CeremonyRejected "ceremony.missing", "ceremony.twice".
    """
    _of_all(ceremony, commitments)
    return secret.reveal


def check_reveals(
    ceremony: Ceremony, commitments: Sequence[Commitment], reveals: Sequence[Reveal]
) -> dict[int, Reveal]:
    """Check what all have revealed; give it by trustee (sealing §9.2, equations 26 to 28).

    Raises: CeremonyRejected, naming the trustee: "ceremony.missing", "ceremony.twice",
            "ceremony.number", "ceremony.commitment", "ceremony.degree", "ceremony.possession",
            "ceremony.repeated".
    """
    _of_all(ceremony, reveals)
    return check_reveals_so_far(ceremony, commitments, reveals)


def check_reveals_so_far(
    ceremony: Ceremony, commitments: Sequence[Commitment], reveals: Sequence[Reveal]
) -> dict[int, Reveal]:
    """Check what some have revealed, after all committed: who keeps the board asks so of each.

    Spec and errors: as of check_reveals; nobody need have revealed yet.
    """
    committed, revealed = _of_all(ceremony, commitments), by_trustee(ceremony, reveals)
    seen: set[bytes] = set()
    for number, one in revealed.items():
        if reveal_hash(ceremony, one) != committed[number].digest:
            raise CeremonyRejected("ceremony.commitment", trustee=number)
        if len(one.coefficients) != ceremony.quorum:
            raise CeremonyRejected("ceremony.degree", trustee=number)
        check_possession(ceremony, one)
        if seen & {one.coefficients[0], one.encryption}:
            raise CeremonyRejected("ceremony.repeated", trustee=number)
        seen |= {one.coefficients[0], one.encryption}
    return revealed


def deal(
    secret: TrusteeSecret, *, ceremony: Ceremony, reveals: Mapping[int, Reveal], rng: Rng
) -> Dealing:
    """Step 3: seal to each other trustee their share (sealing §9.3, equations 29 to 31).

    reveals: as check_reveals gave them.
    """
    shares = [
        seal_share_for(number, secret, ceremony=ceremony, reveals=reveals, rng=rng)
        for number in reveals
        if number != secret.number
    ]
    return Dealing(secret.number, tuple(shares))


def receive(
    secret: TrusteeSecret,
    *,
    ceremony: Ceremony,
    reveals: Mapping[int, Reveal],
    dealings: Sequence[Dealing],
    rng: Rng,
) -> tuple[Complaint, ...]:
    """Step 4: open and check one's shares; complain of each that is false (sealing §9.4).

    A complaint gives the point that opens this one sealed share, with a proof that it is the
    right one, so that everybody can see for themselves.  A dealing that is not whole is passed
    over, unopened: its dealer is out by what all see.
    Raises: CeremonyRejected "ceremony.number", "ceremony.twice".
    """
    complaints = []
    for number, dealing in by_trustee(ceremony, dealings).items():
        sealed = dealing.share_for(secret.number)
        if sealed is None or not is_whole(ceremony, reveals, dealing):
            continue
        agreed = agreed_point(secret, sealed)
        if open_sealed(ceremony, reveals, number, sealed, agreed) is None:
            proof = prove_equality(
                "ceremony-complaint",
                *share_statement(ceremony, reveals, number, secret.number, sealed.ephemeral),
                agreed,
                secret=secret.encryption,
                other=native.read_point(sealed.ephemeral),
                rng=rng,
            )
            complaints.append(Complaint(number, secret.number, agreed, proof))
    return tuple(complaints)


def finish(
    secret: TrusteeSecret,
    *,
    ceremony: Ceremony,
    commitments: Sequence[Commitment],
    reveals: Mapping[int, Reveal],
    dealings: Sequence[Dealing],
    complaints: Sequence[Complaint],
    rng: Rng,
) -> tuple[KeyShare, Confirmation]:
    """Step 5: add up one's shares, and prove that one holds the sum (sealing §9.6).

    Raises: CeremonyRejected: those of judge; "ceremony.out" (one is out oneself),
            "ceremony.quorum" (too few are left), "ceremony.share" (a false share that was not
            complained of, naming the dealer).
    """
    out = judge(ceremony, reveals, dealings, complaints)
    if secret.number in out:
        raise CeremonyRejected("ceremony.out", trustee=secret.number)
    qualified = _qualified(ceremony, reveals, out)
    total = evaluate(secret.coefficients, secret.number)
    for dealing in dealings:
        if dealing.number in qualified and dealing.number != secret.number:
            total += _my_share(secret, ceremony, reveals, dealing)
    share = KeyShare(secret.number, _public_key(qualified), total % ORDER)
    point = native.write_point(native.base_times(share.secret))
    proof = prove_knowledge(
        "share-proof",
        ceremony_transcript(ceremony, commitments, reveals, dealings, complaints),
        share.public_key,
        share.number,
        point,
        secret=share.secret,
        rng=rng,
    )
    return share, Confirmation(share.number, share.public_key, proof)


def _my_share(
    secret: TrusteeSecret, ceremony: Ceremony, reveals: Mapping[int, Reveal], dealing: Dealing
) -> int:
    # Who left somebody out is out already: there is a share here for everybody.
    sealed = next(one for one in dealing.shares if one.recipient == secret.number)
    agreed = agreed_point(secret, sealed)
    share = open_sealed(ceremony, reveals, dealing.number, sealed, agreed)
    if share is None:
        raise CeremonyRejected("ceremony.share", trustee=dealing.number)
    return share


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a ceremony comes to but for its confirmations: the key, and T (sealing §9.6)."""

    key: ElectionKey
    transcript: bytes


def outcome(
    ceremony: Ceremony,
    *,
    commitments: Sequence[Commitment],
    reveals: Sequence[Reveal],
    dealings: Sequence[Dealing],
    complaints: Sequence[Complaint],
) -> Outcome:
    """Compute the key from all that was published before the confirmations, checking all of it.

    Spec:   sealing §9.6, equations 34 to 36.
    Raises: CeremonyRejected: those of check_reveals and judge; "ceremony.quorum",
            "ceremony.infinite". Malformed "key.shares" when fewer than the quorum hold the key.
    """
    revealed = check_reveals(ceremony, commitments, reveals)
    qualified = _qualified(ceremony, revealed, judge(ceremony, revealed, dealings, complaints))
    shares = tuple(_public_share(ceremony, qualified, number) for number in qualified)
    key = ElectionKey(_public_key(qualified), ceremony.quorum, shares)
    # Dealers in league may have polynomials of which the highest coefficients cancel.
    key.check_shares()
    said = (commitments, revealed, dealings, complaints)
    return Outcome(key, ceremony_transcript(ceremony, *said))


def check_confirmation(reached: Outcome, confirmation: Confirmation) -> None:
    """Check that a trustee who is left holds their share of the key all see (sealing §9.6).

    Raises: CeremonyRejected "ceremony.confirmation", naming the trustee; Malformed "key.trustee"
            for one who is out.
    """
    key, number = reached.key, confirmation.number
    point = key.trustee(number).point
    statement = (reached.transcript, key.public_key, number, point)
    same = confirmation.public_key == key.public_key
    proof = confirmation.holds_share
    if not same or not knows(proof, "share-proof", *statement, point=native.read_point(point)):
        raise CeremonyRejected("ceremony.confirmation", trustee=number)


def conclude(
    ceremony: Ceremony,
    *,
    commitments: Sequence[Commitment],
    reveals: Sequence[Reveal],
    dealings: Sequence[Dealing],
    complaints: Sequence[Complaint],
    confirmations: Sequence[Confirmation],
) -> ElectionKey:
    """Compute the key from everything published, checking all of it (sealing §9.6).

    Raises: those of outcome; and CeremonyRejected, naming the trustee, "ceremony.unconfirmed",
            "ceremony.confirmation". What who is out confirms is passed over.
    """
    reached = outcome(
        ceremony,
        commitments=commitments,
        reveals=reveals,
        dealings=dealings,
        complaints=complaints,
    )
    confirmed = by_trustee(ceremony, confirmations)
    for trustee in reached.key.trustees:
        if trustee.number not in confirmed:
            raise CeremonyRejected("ceremony.unconfirmed", trustee=trustee.number)
        check_confirmation(reached, confirmed[trustee.number])
    return reached.key


def make_key(ceremony: Ceremony, *, rng: Rng) -> tuple[ElectionKey, tuple[KeyShare, ...]]:
    """Hold a whole ceremony in one process: for one trustee alone, a rehearsal, a test.

    Whoever runs this has held every share: a real quorum runs the steps, each for themselves.
    """
    prepared = [prepare(ceremony, number, rng=rng) for number in ceremony.numbers]
    secrets = [secret for secret, _ in prepared]
    commitments = [commitment for _, commitment in prepared]
    reveals = [reveal(one, ceremony=ceremony, commitments=commitments) for one in secrets]
    by_number = check_reveals(ceremony, commitments, reveals)
    dealings = [deal(one, ceremony=ceremony, reveals=by_number, rng=rng) for one in secrets]
    finished = [
        finish(
            one,
            ceremony=ceremony,
            commitments=commitments,
            reveals=by_number,
            dealings=dealings,
            complaints=(),
            rng=rng,
        )
        for one in secrets
    ]
    confirmations = [confirmation for _, confirmation in finished]
    key = conclude(
        ceremony,
        commitments=commitments,
        reveals=reveals,
        dealings=dealings,
        complaints=(),
        confirmations=confirmations,
    )
    return key, tuple(share for share, _ in finished)


def _of_all(ceremony: Ceremony, messages: Sequence[Message]) -> dict[int, Message]:
    """Sort messages by trustee, one of each; raise for one too few, too many or unknown."""
    found = by_trustee(ceremony, messages)
    for number in ceremony.numbers:
        if number not in found:
            raise CeremonyRejected("ceremony.missing", trustee=number)
    return found


def _qualified(
    ceremony: Ceremony, reveals: Mapping[int, Reveal], out: frozenset[int]
) -> dict[int, Reveal]:
    """Give the trustees who are left.  Raises: CeremonyRejected "ceremony.quorum"."""
    left = {number: one for number, one in reveals.items() if number not in out}
    if len(left) < ceremony.quorum:
        raise CeremonyRejected("ceremony.quorum", out=tuple(sorted(out)))
    return left


def _public_key(qualified: Mapping[int, Reveal]) -> bytes:
    total = native.add(*(native.read_point(one.coefficients[0]) for one in qualified.values()))
    if total is None:
        raise CeremonyRejected("ceremony.infinite")
    return native.write_point(total)


def _public_share(
    ceremony: Ceremony, qualified: Mapping[int, Reveal], number: int
) -> PublicShare:
    """Give a trustee's share·G, as all the polynomials' points say it is (sealing §9.6, eq. 35)."""
    points = (evaluate_in_public(one.coefficients, number) for one in qualified.values())
    total = native.add(*points)
    if total is None:
        raise CeremonyRejected("ceremony.infinite", trustee=number)
    return PublicShare(number, ceremony.trustees[number - 1], native.write_point(total))


def ceremony_transcript(
    ceremony: Ceremony,
    commitments: Sequence[Commitment],
    reveals: Mapping[int, Reveal],
    dealings: Sequence[Dealing],
    complaints: Sequence[Complaint],
) -> bytes:
    """Give T, the hash of a whole ceremony, in the order of the trustees.

    Trustees read it to one another: whoever was shown another ceremony has another T.
    Spec: sealing §9.6, equation 34.
    """
    ordered: list[list[Commitment] | list[Reveal] | list[Dealing] | list[Complaint]] = [
        sorted(commitments, key=lambda one: one.number),
        sorted(reveals.values(), key=lambda one: one.number),
        sorted(dealings, key=lambda one: one.number),
        sorted(complaints, key=lambda one: (one.dealer, one.complainant)),
    ]
    said = [canonical([one.to_json() for one in messages]) for messages in ordered]
    return transcript_hash("ceremony-transcript", ceremony.digest(), *said)
