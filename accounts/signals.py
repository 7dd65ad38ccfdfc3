"""What the rest of the house may listen to."""

from django.dispatch import Signal

#: Others see this person differently now (name, handle, picture or status). Sent after commit, with `user`.
person_changed = Signal()
