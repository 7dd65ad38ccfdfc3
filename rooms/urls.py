"""Addresses of workspaces and rooms."""

from django.urls import URLPattern, URLResolver, include, path

from rooms.views import (
    browse,
    completion,
    details,
    direct,
    invitation,
    mail,
    people,
    pins,
    rooms,
    search,
    seen,
    switcher,
    wordings,
    workspace_settings,
    workspaces,
)

in_room: list[URLPattern | URLResolver] = [
    path("", rooms.room, name="room"),
    path("timeline/", rooms.rows, name="timeline"),
    path("details/", details.room_details, name="room_details"),
    path("pins/", pins.pins, name="pins"),
    path("people/", completion.room_people, name="room_people"),
    path("seen/<int:seq>/", seen.seen, name="seen"),
    path("m/<int:seq>/history/", wordings.wordings, name="wordings"),
]

in_workspace: list[URLPattern | URLResolver] = [
    path("", workspaces.workspace, name="workspace"),
    path("sidebar/", rooms.sidebar, name="sidebar"),
    path("rooms/", browse.rooms_browse, name="rooms_browse"),
    path("rooms/new/", browse.room_new, name="room_new"),
    path("switch/", switcher.switcher, name="switcher"),
    path("search/", search.search, name="search"),
    path("direct/", direct.direct_open, name="direct_open"),
    path("people/", people.people, name="people"),
    path("settings/", workspace_settings.workspace_settings, name="workspace_settings"),
    path("r/<int:room_id>/", include(in_room)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("workspaces/new/", workspaces.workspace_new, name="workspace_new"),
    path("join/<slug:token>/", invitation.invitation, name="invitation"),
    path("mail/", mail.mail_settings, name="mail_settings"),
    path("mail/stop/<str:token>/", mail.mail_stop, name="mail_stop"),
    path("api/v1/", include("rooms.api.urls")),
    path("w/<slug:slug>/", include(in_workspace)),
]
