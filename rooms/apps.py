"""The `rooms` application."""

from django.apps import AppConfig


class RoomsConfig(AppConfig):
    """`rooms`."""

    name = "rooms"

    def ready(self) -> None:
        """Hear when somebody's name, avatar or status changes: accounts does not know who may see it."""
        from accounts.signals import person_changed
        from rooms.announce import announce_person

        person_changed.connect(lambda user, **_: announce_person(user), weak=False, dispatch_uid="announce_person")
