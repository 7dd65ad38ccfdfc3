"""How a text would look as a message."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from rooms.text import clean, render
from rooms.views.door import PersonRequest, signed_in


@require_POST
@signed_in
def preview(request: PersonRequest) -> HttpResponse:
    """The posted `text` as sanitised HTML; nobody is mentioned in it."""
    return HttpResponse(render(clean(request.POST.get("text", "")), handles={}))
