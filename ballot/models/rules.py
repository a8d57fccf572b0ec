"""What a notice of poll may say, rule by rule."""

from __future__ import annotations

from django.db import models


class Method(models.TextChoices):
    """How a contest is counted (docs/spec/counting.md)."""

    ALTERNATIVE_VOTE = "av", "Alternative vote"
    PLURALITY = "plurality", "Most votes wins"
    SINGLE_TRANSFERABLE_VOTE = "stv", "Single transferable vote, for several places"


class Stop(models.TextChoices):
    """When a count by the alternative vote ends."""

    MAJORITY = "majority", "As soon as a candidate has more than half of the continuing votes"
    TWO = "two", "When two candidates are left"


class TieRule(models.TextChoices):
    """How a tie is settled; fixed in the notice."""

    EARLIER_THEN_LOT = "earlier-stages-then-lot", "By the earlier stages, then by lot"
    LOT = "lot", "By lot"


class AfterCast(models.TextChoices):
    """What becomes of the ballot of somebody struck off the roll after casting; in the notice."""

    STANDS = "stands", "It stands and is counted"
    SET_ASIDE = "set-aside", "It is set aside and not counted"


class NamesOrder(models.TextChoices):
    """In which order the paper names those who stand; fixed in the notice (bundle spec, 8)."""

    ALPHABET = "alphabet", "By the alphabet"
    LOT = "lot", "By a lot drawn in public"
    SHUFFLED = "shuffled", "Shuffled on each elector’s device"


class VotesOfWithdrawn(models.TextChoices):
    """What becomes of votes for who withdraws after the opening; fixed in the notice."""

    PASS_ON = "pass-on", "They pass on to the next preference"
    STAND = "stand", "They stand; if the candidate is elected, nominations open again"


class TurnoutBase(models.TextChoices):
    """What the turnout is a share of the papers issued of."""

    BALLOTS = "ballots-cast", "Ballots cast"
    VALID = "valid-papers", "Valid papers of the contest"
