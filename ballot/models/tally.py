"""After the close: boxes, mixes, openings, profiles, counts and declarations.

Opened papers are stored as a profile (ranking, how many) and never as rows in an order that
could be joined to anything.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ballot.models.election import Contest, Election
from ballot.models.entry import Blob
from ballot.models.trustee import Trustee


class Box(models.Model):
    """The sealed votes of one contest and one section (or of several pooled), fixed by a hash.

    `sealed` is a blob of N x 66 bytes, c1 then c2 of each vote in the order of the board.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="boxes")
    number = models.PositiveSmallIntegerField(help_text="From 0, within the contest.")
    label = models.TextField()
    sections = models.ManyToManyField("members.Section")
    ballots = models.PositiveIntegerField()
    digest = models.BinaryField()
    sealed = models.ForeignKey(Blob, on_delete=models.PROTECT)

    class Meta:
        ordering = ("contest__position", "number")
        constraints = (
            models.UniqueConstraint(fields=["contest", "number"], name="box_number_once"),
        )

    def __str__(self) -> str:
        return self.label


class Mix(models.Model):
    """One mixer's re-encryption and permutation of a box, with its proof (sealing spec)."""

    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="mixes")
    number = models.PositiveSmallIntegerField(help_text="From 1, in the order of mixing.")
    mixer = models.CharField(max_length=120)
    trustee = models.ForeignKey(
        Trustee, on_delete=models.PROTECT, null=True, blank=True, help_text="Null: the server."
    )
    signature = models.BinaryField(null=True, blank=True)
    content = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["box", "number"], name="mix_number_once"),
            models.UniqueConstraint(fields=["box", "mixer"], name="mix_one_a_mixer"),
            models.CheckConstraint(
                condition=Q(trustee__isnull=True, signature__isnull=True)
                | Q(trustee__isnull=False, signature__isnull=False),
                name="mix_of_a_trustee_is_signed",
            ),
        )

    def __str__(self) -> str:
        return f"mix {self.number} of box {self.box_id} by {self.mixer}"


class PartialOpening(models.Model):
    """One trustee's part in opening a box: committed to first, revealed when a quorum has.

    `signature` is that of the commitment, made with the trustee's share (sealing spec, 10.3).
    """

    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="openings")
    trustee = models.ForeignKey(Trustee, on_delete=models.PROTECT)
    commitment = models.BinaryField()
    signature = models.BinaryField()
    content = models.ForeignKey(
        Blob, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["box", "trustee"], name="opening_one_a_trustee"),
        )

    def __str__(self) -> str:
        return f"opening of box {self.box_id} by trustee {self.trustee_id}"


class HandedIn(models.Model):
    """A mix or a part as a trustee handed it in: until it is checked, and where it was refused.

    The newest of each trustee, box and kind. Once it is on the board, the row goes. `sha256` is of
    its bytes, which stand in `chunks` while it waits: a blob would stay for good.
    """

    class Kind(models.TextChoices):
        """What was handed in."""

        MIX = "mix", "A mix"
        PART = "part", "A part"

    class State(models.TextChoices):
        """How far the check is."""

        WAITING = "waiting", "Waits for its check"
        REFUSED = "refused", "Refused"

    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="handed_in")
    trustee = models.ForeignKey(Trustee, on_delete=models.PROTECT, related_name="handed_in")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    sha256 = models.BinaryField()
    number = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Of a mix.")
    signature = models.BinaryField(null=True, blank=True, help_text="Of a mix.")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    message = models.TextField(blank=True, help_text="Why it was refused.")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["box", "trustee", "kind"], name="handed_in_newest_alone"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of box {self.box_id} by trustee {self.trustee_id}"


class HandedInChunk(models.Model):
    """A stretch of what was handed in and is not checked yet; `number` from 0."""

    handed_in = models.ForeignKey(HandedIn, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(
                fields=["handed_in", "number"], name="handed_in_chunk_once"
            ),
        )

    def __str__(self) -> str:
        return f"chunk {self.number} of {self.handed_in_id}"


class Profile(models.Model):
    """What an opened box holds: how many papers, how many outside the table of rankings."""

    box = models.OneToOneField(Box, on_delete=models.PROTECT, primary_key=True)
    papers = models.PositiveIntegerField()
    papers_rejected = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"profile of box {self.box_id}"


class ProfileLine(models.Model):
    """One ranking (its index among all that the rules allow; 0 is blank) and how many gave it."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="lines")
    ranking = models.PositiveIntegerField()
    papers = models.PositiveIntegerField()

    class Meta:
        ordering = ("ranking",)
        constraints = (
            models.UniqueConstraint(fields=["profile", "ranking"], name="profile_ranking_once"),
        )

    def __str__(self) -> str:
        return f"{self.papers} papers with ranking {self.ranking}"


class DrawnLot(models.Model):
    """A lot drawn in public for a tie that the earlier rules do not settle.

    `drawn` lists places on the paper in the order drawn; `among` those who were tied; `witnesses`
    who saw it drawn, each by name and capacity.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="lots")
    drawn = models.JSONField()
    among = models.JSONField()
    witnesses = models.JSONField(default=list)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"lot {self.pk} of contest {self.contest_id}"


class Count(models.Model):
    """The count of a contest: its sheet as counted, one a contest, and whether twice."""

    class Second(models.TextChoices):
        """What became of the second count, by the tellers' own software."""

        AGREES = "agrees", "Counted twice, by two programs that agree"
        ONCE = "counted-once", "Counted once only: the second program does not know this method"

    contest = models.OneToOneField(Contest, on_delete=models.PROTECT, primary_key=True)
    sheet = models.JSONField()
    second_count = models.CharField(max_length=12, choices=Second.choices, default=Second.ONCE)

    def __str__(self) -> str:
        return f"count of {self.contest_id}"


class CountsDiffer(models.Model):
    """Two counts of one contest that do not agree, both kept as evidence. Append-only.

    Nothing is counted by it: the act was refused. `differences` are lines such as
    "stages 2, votes, Ash Amin: 26 and 25"; `found_by` the act that counted.
    """

    class FoundBy(models.TextChoices):
        """What was under way."""

        COUNT = "count", "The count"
        RECOUNT = "recount", "A recount"

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="counts_differ")
    found_by = models.CharField(max_length=7, choices=FoundBy.choices)
    found_at = models.DateTimeField()
    first = models.JSONField()
    second = models.JSONField()
    differences = models.JSONField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"two counts of contest {self.contest_id}"


class Declaration(models.Model):
    """What the returning officer declared; a correction is a version with a higher number."""

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="declarations"
    )
    version = models.PositiveSmallIntegerField(default=1)
    declared_at = models.DateTimeField()
    content = models.JSONField()

    class Meta:
        ordering = ("-version",)
        constraints = (
            models.UniqueConstraint(
                fields=["election", "version"], name="declaration_version_once"
            ),
        )

    def __str__(self) -> str:
        return f"declaration {self.version} of {self.election_id}"
