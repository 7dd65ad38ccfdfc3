"""Addresses under /account/, before allauth's: two of its pages are ours."""

from django.urls import path

from accounts.views import email, profile, sessions

urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("profile/status/", profile.status, name="profile_status"),
    path("profile/picture/", profile.picture, name="profile_picture"),
    path("profile/handle/", profile.handle, name="profile_handle"),
    path("email/", email.email, name="account_email"),
    # Before allauth's page of the same name, which can only end all other sessions.
    path("sessions/", sessions.sessions, name="usersessions_list"),
    path("sessions/<int:session>/end/", sessions.end, name="session_end"),
    path("sessions/end-others/", sessions.end_others, name="sessions_end_others"),
]
