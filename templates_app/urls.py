"""What is prepared ahead: a workspace's canned replies."""

from django.urls import path

from templates_app.views import picking, replies

app_name = "replies"

urlpatterns = [
    path("settings/replies/", replies.replies, name="list"),
    path("settings/replies/new/", replies.new, name="new"),
    path("settings/replies/<uuid:pk>/", replies.reply, name="reply"),
    path("settings/replies/<uuid:pk>/removal/", replies.removal, name="removal"),
    path("replies/pick/", picking.pick, name="pick"),
    path("replies/<uuid:pk>/used/", picking.used, name="used"),
    path("replies/files/<uuid:pk>/", picking.asset, name="asset"),
]
