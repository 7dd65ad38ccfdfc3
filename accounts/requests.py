"""Who asks."""

from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """The person a request comes from; only for views that let nobody else in."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("this view needs @login_required")
    return user
