"""The e-mail address a person signs in with, and the change of it."""

from typing import Any

from allauth.account.views import EmailView
from django.http import HttpRequest


class OwnEmailView(EmailView):
    """One address, and perhaps another on its way to replace it."""

    def _action_primary(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Allauth would sign in with an address that nobody confirmed; here only the mailed link changes it."""


email = OwnEmailView.as_view()
