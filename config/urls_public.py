"""The public host: the site, accounts, the operators' admin."""

from django.urls import include, path

from workspaces.admin.site import operators
from workspaces.views.avatars import avatar
from workspaces.views.public import SignUp

urlpatterns = [
    path("accounts/signup/", SignUp.as_view(), name="account_signup"),
    path("accounts/", include("allauth.urls")),
    path("avatars/<str:name>", avatar, name="avatar"),
    path("admin/", operators.urls),
    path("", include("workspaces.urls")),
]
