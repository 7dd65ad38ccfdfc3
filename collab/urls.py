"""All addresses of the site."""

from allauth.account.views import logout
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.views.avatars import avatar
from collab.status import views as status
from collab.views import staff
from collab.views.home import home
from collab.views.icon import icon
from collab.watch import views as watch

handler400 = "collab.views.broken.unreadable"
handler500 = "collab.views.broken.broken"

urlpatterns = [
    path("", home, name="home"),
    path("favicon.ico", icon),
    path("status", status.page, name="status"),
    path("status.json", status.as_data, name="status_data"),
    # Before allauth's: some of its pages are done here.
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("media/avatars/<str:name>", avatar, name="avatar"),
    # Before admin's own pages of these addresses, which keep no rate limit and tell nobody of a new password.
    path("admin/login/", staff.sign_in),
    path("admin/logout/", logout),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/password_change/done/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/live/", admin.site.admin_view(watch.live), name="admin_live"),
    path("admin/live/nodes/<str:name>/drain/", admin.site.admin_view(watch.drain), name="admin_live_drain"),
    path("admin/live/mails/<int:delivery>/send/", admin.site.admin_view(watch.send), name="admin_live_send"),
    path("admin/live/messages/<int:pk>/", admin.site.admin_view(watch.message), name="admin_message_journey"),
    path("admin/", admin.site.urls),
    path("w/<slug:slug>/r/<int:room_id>/m/<int:seq>/journey/", watch.journey, name="journey"),
    path("", include("rooms.urls")),
]
