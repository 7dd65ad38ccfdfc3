"""What people change about themselves."""

from typing import Any, cast

from django import forms
from django.forms.renderers import TemplatesSetting
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts import names, zones
from accounts.actions.profile import Fields, clean_fields
from accounts.forms.plain import PlainForm
from accounts.models import User
from accounts.pictures import FORMATS


class OwnForm(PlainForm):
    """A form about the person who fills it in."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        own = {name: getattr(user, name) for name in self.base_fields}
        super().__init__(*args, initial=own, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Say all that is wrong at once, in the words of the action that will store it."""
        try:
            clean_fields(self.user, cast(Fields, self.cleaned_data))
        except forms.ValidationError as error:
            self.add_error(None, error)
        return self.cleaned_data


class ZoneSelect(forms.Select):
    """Four hundred places in one template: Django would draw one for each, and take most of the page's time so."""

    template_name = "accounts/_zones.html"

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """From the site's own templates."""
        return super().render(name, value, attrs, TemplatesSetting())


class DetailsForm(OwnForm):
    """Name, handle and time zone."""

    name = forms.CharField(max_length=names.NAME_LENGTH, widget=forms.TextInput({"autocomplete": "name"}))
    handle = forms.CharField(
        max_length=31,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        widget=ZoneSelect({"data-time-zone-target": "zone", "data-action": "time-zone#tick"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        zone = self.fields["time_zone"]
        zone.choices = zones.choices(user.time_zone)  # type: ignore[attr-defined]
        zone.error_messages["invalid_choice"] = "There is no such time zone. Choose one from the list."
        self.fields["handle"].help_text = f"Others mention you with it: @{user.handle}"
        self.fields["handle"].widget.attrs |= {
            "hx-get": reverse("profile_handle"),
            "hx-trigger": "input changed delay:300ms",
            "hx-target": "#handle-check",
        }
        self.fields["handle"].error_messages["required"] = "Type a handle: it is how others mention you."


class StatusForm(OwnForm):
    """What one is doing: an emoji, some words, both or neither."""

    status_emoji = forms.CharField(
        label="Emoji", required=False, max_length=32, widget=forms.TextInput({"data-status-target": "emoji"})
    )
    status_text = forms.CharField(
        label="What I'm doing",
        required=False,
        max_length=names.STATUS_LENGTH,
        widget=forms.TextInput({"data-status-target": "text"}),
    )


class PictureForm(PlainForm):
    """A picture of oneself."""

    picture = forms.FileField(
        label="Picture",
        widget=forms.FileInput(
            {
                "accept": ",".join(f"image/{name.lower()}" for name in FORMATS),
                "data-picture-target": "file",
                "data-action": "picture#show",
            }
        ),
        error_messages={
            "required": "Choose a picture first.",
            "empty": "That file is empty. Choose another.",
            "missing": "Choose a picture first.",
            "invalid": "Choose a picture first.",
        },
    )
