"""Who works at Fernweh Studio, and the rooms they talk in."""

from typing import NamedTuple

from rooms.models import Role, Room

COMPANY = "Fernweh Studio"


class Character(NamedTuple):
    """A person of the demonstration."""

    handle: str
    name: str
    time_zone: str
    role: str = Role.MEMBER
    emoji: str = ""
    doing: str = ""
    has_picture: bool = False

    @property
    def email(self) -> str:
        """Where mail to them goes: nowhere, `.example` is nobody's."""
        return f"{self.handle}@fernweh.example"


class Place(NamedTuple):
    """A room of the demonstration."""

    name: str
    topic: str
    people: frozenset[str]
    kind: str = Room.Kind.PUBLIC


CAST = (
    Character("mira", "Mira Castellanos", "Europe/Lisbon", Role.OWNER, "🚂", "Founding things, one at a time", True),
    Character("jonas", "Jonas Weidner", "Europe/Berlin", Role.ADMIN, "🔍", "Reviewing", True),
    Character("ingrid", "Ingrid Solberg", "Europe/Oslo", Role.ADMIN, "🧾", "Month end", True),
    Character(
        "noor", "Noor Haddad", "Europe/Amsterdam", emoji="🎧", doing="In interviews until 15:00", has_picture=True
    ),
    Character("priya", "Priya Raman", "Europe/Berlin", emoji="☕", has_picture=True),
    Character("tomasz", "Tomasz Zieliński", "Europe/Warsaw", emoji="📱", doing="iOS, wish me luck"),
    Character("elif", "Elif Kaya", "Europe/Istanbul", emoji="🚨", doing="Alarm Lady", has_picture=True),
    Character("diego", "Diego Fuentes", "America/Montevideo", emoji="🧉", doing="Online from 11:00 UTC"),
    Character("kenji", "Kenji Mori", "Asia/Tokyo", emoji="🌙", doing="Probably asleep, write anyway", has_picture=True),
    Character("lena", "Lena Fischer", "Europe/Vienna", emoji="🗺️", doing="Left side, by the window", has_picture=True),
    Character("aoife", "Aoife Brennan", "Europe/Dublin", emoji="✍️", has_picture=True),
    Character("sam", "Samuel Osei", "Africa/Accra", emoji="💬", doing="Inbox: nearly there"),
    Character("marco", "Marco Bellini", "Europe/Rome", emoji="🖨️", doing="At the printer in Verona"),
    Character("hannah", "Hannah Blum", "Europe/Zurich", Role.GUEST, "📷", "On the night train", has_picture=True),
)
EVERYONE = frozenset(person.handle for person in CAST)
STAFF = EVERYONE - {"hannah"}

PLACES = (
    Place("general", "What concerns all of us", STAFF),
    Place("product", "What we make next, and what we don't", STAFF),
    Place("engineering", "Code, timetables, time zones", STAFF - {"marco", "ingrid"}),
    Place("design", "Paper, pixels, nine pots", STAFF - {"priya"}),
    Place("maps", "Lines, legends and the left side", STAFF),
    Place("editorial", "Words, and which of them go", EVERYONE - {"tomasz"}),
    Place("print", "Verona, ink, the cutter", STAFF - {"priya", "sam"}),
    Place("support", "What people ask us", STAFF),
    Place("standup", "Yesterday → today, two lines", STAFF - {"mira"}),
    Place("dining-car", "Food, weather, cats", EVERYONE),
    Place("postcards", "Seen from a window", EVERYONE),
    Place("leads", "Money, people, plans", frozenset({"mira", "jonas", "ingrid", "noor"}), Room.Kind.PRIVATE),
    Place(
        "photo-desk",
        "Pictures for the winter edition",
        frozenset({"aoife", "kenji", "marco", "hannah"}),
        Room.Kind.PRIVATE,
    ),
    Place("summer-edition", "Done and dusted", STAFF - {"priya", "tomasz"}),
)
#: It is over; its room can be read, not changed.
ARCHIVED = "summer-edition"
DIRECT = "+"
