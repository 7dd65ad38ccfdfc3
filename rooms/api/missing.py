"""Addresses of the API that are none."""

from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from rooms.api.views import PersonView


class Missing(PersonView):
    """Says so in the API's own way, to programs that expect JSON."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Nothing is here for anyone, whatever the method."""
        super().initial(request, *args, **kwargs)
        raise NotFound
