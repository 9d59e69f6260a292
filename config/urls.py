"""A workspace's host."""

from django.urls import include, path

from agents.admin.site import workspace_admin
from workspaces.views import entrance
from workspaces.views.avatars import avatar

urlpatterns = [
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("enter/", entrance.arrive, name="arrive"),
    path("sign-out/", entrance.sign_out, name="sign-out"),
    path("avatars/<str:name>", avatar, name="avatar"),
    path("admin/", workspace_admin.urls),
    path("", include("inbox.urls")),
    path("", include("templates_app.urls")),
    path("", include("pages.urls")),
    path("", include("agents.urls")),
]
