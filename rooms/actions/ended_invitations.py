"""Invitations that let nobody in any more, forgotten after a while."""

import datetime

from django.db.models import F, Q
from django.utils import timezone

from rooms.models import Invitation

#: How long one can be looked up.
KEPT = datetime.timedelta(days=90)


def forget_ended() -> int:
    """Forget the invitations that ended long ago, with the mails that brought them; how many there were.

    When one was used up is not known: it is kept for as long after it was made.
    """
    long_ago = timezone.now() - KEPT
    is_over = Q(expires_at__lt=long_ago) | Q(revoked_at__lt=long_ago)
    # Nobody can give back what an account that is gone had offered.
    is_spent = Q(created_at__lt=long_ago) & (Q(uses__gte=F("max_uses")) | Q(created_by=None))
    ended = Invitation.objects.filter(is_over | is_spent)
    count = ended.count()
    ended.delete()
    return count
