"""People, machines, the audit trail and the access log."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Lower
from oauth2_provider.models import AbstractApplication


class UserManager(BaseUserManager["User"]):
    """Makes people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a person; without a password nobody can sign in as them until one is set."""
        if not email:
            raise ValueError("Give an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a person by e-mail address, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):  # type: ignore[django-manager-missing]  # ApiClient swaps its base
    """Someone who signs in by e-mail, or the machine user behind an API client (`is_machine`)."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    organisation = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    is_machine = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    wants_weekly_digest = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    #: The roles held today, set by the guard of a page for the access log: memberships live on
    #: the floor above.
    roles_held: frozenset[str] = frozenset()
    #: What the token of a machine user's call allows, and the agency its client speaks for; set by
    #: the guard of the API, so outside a call a machine may do nothing.
    scopes_held: frozenset[str] = frozenset()
    agency: str = ""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="user_email_is_lower_case",
                condition=models.Q(email=Lower("email")),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class ApiClient(AbstractApplication):
    """A school system: an OAuth client whose `user` is its machine user.

    `allowed_scopes` is what its tokens may ask for; which schools it sees are the machine user's
    memberships, so that scoping and the logs know users only.
    """

    allowed_scopes = models.TextField(blank=True, help_text="Scopes, a space between.")
    agency = models.CharField(
        max_length=30, default="school", help_text="Whom it speaks for: an agency of casework."
    )
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractApplication.Meta):
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"

    def __str__(self) -> str:
        return self.name

    def is_usable(self, _request: Any) -> bool:
        """A client whose machine user was switched off gets no token, and its tokens are dead."""
        return self.user is not None and self.user.is_active


class AuditEvent(models.Model):
    """Who did what to which thing, with the facts before and after. Append only.

    Writers insert unsealed rows; a task seals them in batches into one hash chain
    (`sequence`, `previous_hash`, `hash`), so that writers never queue for the chain's head.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    actor_label = models.CharField(max_length=200)
    verb = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=60)
    object_ref = models.CharField(max_length=100, blank=True)
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    sequence = models.BigIntegerField(null=True, unique=True, editable=False)
    previous_hash = models.CharField(max_length=64, blank=True, editable=False)
    hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["object_kind", "object_ref"], name="audit_object"),
            models.Index(
                fields=["id"], name="audit_unsealed", condition=models.Q(sequence__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_kind} {self.object_ref}"


class AuditHead(models.Model):
    """The last entry of the chain, in one row, so that entries taken off its end are missed."""

    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="audit_has_one_head", condition=models.Q(id=1)),
        ]

    def __str__(self) -> str:
        return f"Entry {self.sequence}"


class AccessLogEntry(models.Model):
    """One reading of a child's record, or one file taken out: who, when, whom, which page."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    roles = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=20, choices=[("view", "Viewed"), ("export", "Exported")])
    subject_kind = models.CharField(max_length=40)
    subject_ref = models.CharField(max_length=100)
    page = models.CharField(max_length=100)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_ref", "-at"], name="access_subject"),
            models.Index(fields=["user", "-at"], name="access_user"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind} {self.subject_ref}"


class ChainCheckRecord(models.Model):
    """One walk along the audit chain: when, how far it held, and where it broke, if it did."""

    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    sealed = models.BigIntegerField()
    broken_at = models.BigIntegerField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"Unbroken to entry {self.sealed}"


class ExportRecord(models.Model):
    """One file of figures that leaves the portal: what, as of when, its checksum, who took it, why.

    A file asked for on a page waits here first; its bytes are kept for a short while in
    `ExportPiece`, then only this record. One written by a command on the server is `made` at once.
    """

    class Reader(models.TextChoices):
        """Who will read the file."""

        ENTITLED = "entitled", "People who may open these pupils' records"
        ANYONE = "anyone", "Anyone else: small numbers are protected"

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "Being made"
        MADE = "made", "Ready"
        FAILED = "failed", "Not made"
        GONE = "gone", "No longer kept"

    at = models.DateTimeField()
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    as_of = models.DateField()
    rows = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    reader = models.CharField(max_length=10, choices=Reader.choices, default=Reader.ENTITLED)
    reason = models.CharField(max_length=300, blank=True)
    filters = models.JSONField(default=dict)
    #: The schools it is of; None: every school there is.
    urns = models.JSONField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.MADE)
    message = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="one_waiting_export_of_a_kind",
                fields=["user", "kind", "as_of", "reader", "filters"],
                condition=models.Q(state="waiting"),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "-at"], name="export_user")]

    def __str__(self) -> str:
        return f"{self.kind} as of {self.as_of}"


class ExportPiece(models.Model):
    """A part of an export's bytes, compressed, kept until the file is no longer needed."""

    export = models.ForeignKey(ExportRecord, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_piece_a_number", fields=["export", "number"]),
        ]

    def __str__(self) -> str:
        return f"Piece {self.number} of export {self.export_id}"


class SentForm(models.Model):
    """A form that was sent and what came of it, so that a second press does nothing more.

    `digest` covers what was typed: the same token with other words is another form.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    token = models.UUIDField()
    digest = models.CharField(max_length=64)
    address = models.CharField(max_length=500, blank=True)
    message = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_answer_a_form", fields=["user", "token", "digest"]),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="sent_form_age")]

    def __str__(self) -> str:
        return f"Form {self.token}"


class Draft(models.Model):
    """What someone has typed into a form and not yet saved. Nobody else ever reads it.

    `form` is the address of the form's page; `typed` its fields, each a list of values.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=300)
    title = models.CharField(max_length=120)
    typed = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-saved_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_draft_a_form", fields=["user", "form"]),
        ]

    def __str__(self) -> str:
        return self.title


class SavedView(models.Model):
    """A list as its owner wants to see it again: a name for an address with filters.

    As a worklist it also knows the numbers of the rows that its owner looked at last, and when.
    They say nothing by themselves: whoever reads them asks first which rows the owner may see.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    path = models.CharField(max_length=200)
    query = models.CharField(max_length=1000, blank=True)
    saved_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, blank=True)
    seen = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_saved_view_a_name", fields=["user", "name"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where the list is."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def is_worklist(self) -> bool:
        """Whether it remembers who was on it."""
        return self.looked_at is not None


class WeeklyDigestSent(models.Model):
    """One digest of a week that was handed to the mail server, by the Monday of the week.

    Says nothing of what was in it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="weekly_digests")
    week = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "week"], name="weekly_digest_once_a_week"),
        ]

    def __str__(self) -> str:
        return f"Digest of the week of {self.week} to {self.user_id}"
