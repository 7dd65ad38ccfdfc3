"""Where a person is signed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.actions.sessions import end_other_sessions, end_session, own_sessions
from accounts.devices import device
from accounts.errors import SessionNotFound
from accounts.requests import person


@login_required
@never_cache
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """The list. No session key is on the page: a session is named by the id of its row."""
    here = request.session.session_key
    rows = [
        {"session": session, "device": device(session.user_agent), "is_here": session.session_key == here}
        for session in own_sessions(person(request))
    ]
    rows.sort(key=lambda row: not row["is_here"])
    return render(request, "usersessions/usersession_list.html", {"rows": rows})


@login_required
@require_POST
def end(request: HttpRequest, session: int) -> HttpResponse:
    """Sign out there."""
    try:
        end_session(user=person(request), session=session)
    except SessionNotFound as error:
        raise Http404(str(error)) from error
    messages.success(request, "You are signed out there.")
    return redirect("usersessions_list")


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    end_other_sessions(user=person(request), keep=request.session.session_key)
    messages.success(request, "You are signed out everywhere else.")
    return redirect("usersessions_list")
