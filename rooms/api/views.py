"""What all views of the API share."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from rooms.api.throttle import PersonThrottle

S = TypeVar("S", bound=serializers.Serializer[Any])


class PersonView(APIView):
    """A view for somebody who is signed in."""

    throttle_classes = [PersonThrottle]


def person(request: Request) -> User:
    """Whoever asks."""
    user = request.user
    assert isinstance(user, User)
    return user


def checked(shape: type[S], data: object) -> Mapping[str, Any]:
    """What was sent, checked. Raises ValidationError, which names the fields."""
    serializer = shape(data=data)
    serializer.is_valid(raise_exception=True)
    validated: Mapping[str, Any] = serializer.validated_data
    return validated


def shown(what: object, status: int = 200) -> Response:
    """Structs of `rooms.api.shapes` or `rooms.events` as the answer."""
    return Response(msgspec.to_builtins(what), status=status)
