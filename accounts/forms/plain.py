"""How every form of accounts speaks."""

from typing import Any

from django import forms

LABELS = {
    "email": "E-mail",
    "login": "E-mail",
    "name": "Your name",
    "oldpassword": "Present password",
    "password": "Password",
    "password1": "New password",
}
MISSING = {
    "email": "Type your e-mail address.",
    "login": "Type your e-mail address.",
    "name": "Type the name that others should see.",
    "oldpassword": "Type your present password.",
    "password": "Type your password.",
    "password1": "Choose a password.",
}
HINTS = {"password1": "At least 8 characters. Three or four words together are easy to keep and hard to guess."}


class PlainForm(forms.Form):
    """Labels instead of placeholders, errors one can act on, and the first wrong field in focus."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            field.help_text = HINTS.get(name, "")
            field.error_messages |= {
                "max_length": "That is too long: it may have %(limit_value)d characters.",
                "null_characters_not_allowed": "That contains a character that cannot be shown.",
            }
            field.error_messages["required"] = MISSING.get(name, field.error_messages["required"])
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = "That is not an e-mail address, such as ada@example.org."

    def full_clean(self) -> None:
        """Check all fields, and put the cursor where something is to be done."""
        super().full_clean()
        wrong = next((name for name in self.fields if name in self.errors), None) if self.is_bound else None
        if wrong:
            for name, field in self.fields.items():
                field.widget.attrs["autofocus"] = name == wrong
