"""A person: signs in by e-mail, is shown by name, is mentioned by handle."""

import re
import unicodedata

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

# What @mentions recognise: a letter or digit, then letters, digits, dots, dashes, underscores.
HANDLE = r"[a-z0-9][a-z0-9._-]{0,28}[a-z0-9]"

# Words that mean something else after an @.
RESERVED_HANDLES = frozenset({"room", "here", "all", "everyone", "channel"})


class UserManager(BaseUserManager["User"]):
    """Makes people; `createsuperuser` comes through here too."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Store a person; a missing name or handle is made from the e-mail address."""
        email = self.normalize_email(email).lower()
        fields.setdefault("name", email.partition("@")[0])
        fields.setdefault("handle", self.free_handle(str(fields["name"])))
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Store a person who may do everything in admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def free_handle(self, name: str) -> str:
        """The first of ada, ada2, ada3… that nobody has."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        base = re.sub(r"[^a-z0-9._-]+", "-", plain.lower()).strip("-._")[:24].rstrip("-._")
        base = base if len(base) >= 2 else "person"
        taken = set(self.filter(handle__startswith=base).values_list("handle", flat=True)) | RESERVED_HANDLES
        numbered = (f"{base}{number}" for number in range(2, len(taken) + 3))
        return next(handle for handle in (base, *numbered) if handle not in taken)


class User(AbstractBaseUser, PermissionsMixin):
    """A person of the site."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80, validators=[MinLengthValidator(1)])
    handle = models.CharField(
        max_length=30,
        unique=True,
        validators=[
            RegexValidator(
                rf"^{HANDLE}\Z",
                "2 to 30 of a–z, 0–9, dot, dash and underscore; begins and ends with a letter or digit.",
            )
        ],
    )
    avatar = models.ImageField(upload_to="avatars/", blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    status_emoji = models.CharField(max_length=32, blank=True)
    status_text = models.CharField(max_length=100, blank=True)
    changed_at = models.DateTimeField(default=timezone.now, help_text="When what others see last changed.")
    is_staff = models.BooleanField("may use admin", default=False)
    is_active = models.BooleanField(default=True)
    is_hidden = models.BooleanField(
        "of the site's own",
        default=False,
        # Code that does not know the column goes on writing rows while a new version of the site comes in.
        db_default=False,
        editable=False,
        help_text="Nobody signs in as them; they are with their like alone, and count as nobody.",
    )
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_an_email")]

    def __str__(self) -> str:
        return f"{self.name} (@{self.handle})"

    def get_full_name(self) -> str:
        """The display name, for mails and admin."""
        return self.name

    def get_short_name(self) -> str:
        """The display name: there is no shorter one."""
        return self.name

    @property
    def avatar_url(self) -> str:
        """Address of the picture; empty where there is none.

        By the column's own value: what Django makes of it when asked for `avatar` holds the person, who holds it, and
        thousands of both would stay until a full collection, which a process of many sockets puts off.
        """
        name = str(vars(self).get("avatar") or "")
        return type(self).avatar.field.storage.url(name) if name else ""

    @property
    def initials(self) -> str:
        """At most two letters, shown on a colour where there is no avatar."""
        words = self.name.split()
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper() if words else "?"

    @property
    def tint(self) -> int:
        """Which of the twelve colours of the style sheet stands behind the initials, 0–11."""
        return self.pk * 5 % 12
