"""A workspace's conversations."""

from django.urls import path

from inbox.views import files

app_name = "inbox"

urlpatterns = [
    path("files/<uuid:pk>/", files.attachment, name="attachment"),
]
