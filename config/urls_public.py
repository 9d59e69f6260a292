"""The public host: the site, accounts, the operators' admin."""

from django.urls import include, path

from pages.views.connecting import meta_return
from pages.webhooks.views import meta
from workspaces.admin.site import operators
from workspaces.views.avatars import avatar
from workspaces.views.confirming import confirm_email
from workspaces.views.public import SignUp
from workspaces.views.sessions import Sessions

urlpatterns = [
    path("accounts/signup/", SignUp.as_view(), name="account_signup"),
    path("accounts/confirm-email/", confirm_email, name="account_email_verification_sent"),
    path("accounts/sessions/", Sessions.as_view(), name="usersessions_list"),
    path("accounts/", include("allauth.urls")),
    path("avatars/<str:name>", avatar, name="avatar"),
    path("admin/", operators.urls),
    path("meta/return/", meta_return, name="meta_return"),
    path("webhooks/meta/", meta, name="webhooks"),
    path("webhooks/meta/<uuid:workspace_id>/", meta, name="webhooks_of_workspace"),
    path("", include("workspaces.urls")),
]
