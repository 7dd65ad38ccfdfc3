"""The `rooms` application."""

from django.apps import AppConfig


class RoomsConfig(AppConfig):
    """`rooms`."""

    name = "rooms"
    verbose_name = "Talk"

    def ready(self) -> None:
        """Hear when somebody's name, avatar or status changes: accounts does not know who may see it."""
        # Models can be imported only once all applications are loaded, and that is now.
        from accounts.signals import person_changed  # noqa: PLC0415
        from rooms.announce import announce_person  # noqa: PLC0415

        person_changed.connect(lambda user, **_: announce_person(user), weak=False, dispatch_uid="announce_person")
