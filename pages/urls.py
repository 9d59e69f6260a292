"""A workspace's pages about its channels."""

from django.urls import path

from pages.views import channels, connecting, meta_app

app_name = "pages"

urlpatterns = [
    path("settings/channels/", channels.channels, name="channels"),
    path("settings/channels/trouble/", channels.trouble, name="trouble"),
    path("settings/channels/new/", connecting.connect, name="connect"),
    path("settings/channels/new/facebook/", connecting.facebook, name="connect-facebook"),
    path("settings/channels/new/instagram/", connecting.instagram, name="connect-instagram"),
    path("settings/channels/new/token/", connecting.token, name="connect-token"),
    path("settings/channels/new/return/", connecting.back_from_meta, name="connect-return"),
    path("settings/channels/new/choice/", connecting.choice, name="connect-choice"),
    path("settings/channels/app/", meta_app.meta_app, name="meta-app"),
    path("settings/channels/app/verify-token/", meta_app.verify_token, name="meta-app-verify-token"),
    path("settings/channels/app/removal/", meta_app.removal, name="meta-app-removal"),
    path("settings/channels/<uuid:pk>/", channels.channel, name="channel"),
    path("settings/channels/<uuid:pk>/active/", channels.active, name="channel-active"),
    path("settings/channels/<uuid:pk>/answerers/", channels.answerers, name="channel-answerers"),
    path("settings/channels/<uuid:pk>/check/", channels.check, name="channel-check"),
    path("settings/channels/<uuid:pk>/disconnection/", channels.disconnection, name="channel-disconnection"),
]
