"""Addresses under /api/v1/."""

from django.urls import path, re_path

from rooms.api.log import Events, Position
from rooms.api.messages import MessagePin, Messages, OneMessage, Pins, Reactions
from rooms.api.missing import Missing
from rooms.api.workspaces import OneRoom, WorkspaceRooms, Workspaces

urlpatterns = [
    path("workspaces/", Workspaces.as_view(), name="api_workspaces"),
    path("workspaces/<slug:slug>/rooms/", WorkspaceRooms.as_view(), name="api_workspace_rooms"),
    path("rooms/<int:room>/", OneRoom.as_view(), name="api_room"),
    path("rooms/<int:room>/messages/", Messages.as_view(), name="api_messages"),
    path("rooms/<int:room>/messages/<int:seq>/", OneMessage.as_view(), name="api_message"),
    path("rooms/<int:room>/messages/<int:seq>/reactions/<str:emoji>/", Reactions.as_view(), name="api_reaction"),
    path("rooms/<int:room>/messages/<int:seq>/pin/", MessagePin.as_view(), name="api_pin"),
    path("rooms/<int:room>/pins/", Pins.as_view(), name="api_pins"),
    path("rooms/<int:room>/events/", Events.as_view(), name="api_events"),
    path("rooms/<int:room>/position/", Position.as_view(), name="api_position"),
    re_path(r"", Missing.as_view(), name="api_missing"),
]
