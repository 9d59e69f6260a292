"""The public site."""

from django.urls import path

from workspaces.views import account, avatars, chooser, entrance, invitations, public, sessions

app_name = "workspaces"

urlpatterns = [
    path("", public.landing, name="landing"),
    path("address-check/", public.slug_check, name="slug-check"),
    path("workspaces/", chooser.chooser, name="chooser"),
    path("workspaces/new/", chooser.new_workspace, name="new-workspace"),
    path("workspaces/<slug:slug>/reopening/", chooser.reopening, name="reopening"),
    path("enter/<slug:slug>/", entrance.enter, name="enter"),
    path("invitations/<str:secret>/", invitations.invitation, name="invitation"),
    path("account/", account.profile, name="profile"),
    path("account/picture/", avatars.picture, name="picture"),
    path("account/preferences/", account.preferences, name="preferences"),
    path("account/addresses/", account.addresses, name="addresses"),
    path("account/addresses/<uuid:pk>/", account.address, name="address"),
    path("account/addresses/<uuid:pk>/removal/", account.address_removal, name="address-removal"),
    path("account/activity/", account.activity, name="activity"),
    path("account/sessions/<int:pk>/ending/", sessions.session_ending, name="session-ending"),
    path("mailbox/", public.mailbox, name="mailbox"),
    path("styleguide/", public.styleguide, name="styleguide"),
]
