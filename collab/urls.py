"""All addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from accounts.views.avatars import avatar
from collab.views.home import home
from collab.views.icon import icon

handler500 = "collab.views.broken.broken"

urlpatterns = [
    path("", home, name="home"),
    path("favicon.ico", icon),
    # Before allauth's: some of its pages are done here.
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("media/avatars/<str:name>", avatar, name="avatar"),
    path("admin/", admin.site.urls),
    path("", include("rooms.urls")),
]
