"""A browser before the composer of a chat."""

import uuid
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

HX = {"HTTP_HX_REQUEST": "true"}


class Desk:
    """One agent in front of one chat."""

    def __init__(self, client, chat):
        self.client, self.chat = client, chat

    def url(self, what):
        return f"/chats/{self.chat.pk}/{what}/"

    def reply(self, text="Hello", *, hx=True, **over):
        fields = {"reply": text, "client_id": uuid.uuid4(), **over}
        return self.client.post(self.url("messages"), fields, **(HX if hx else {}))

    def note(self, text="Psst", *, hx=True, **over):
        fields = {"note": text, "client_id": uuid.uuid4(), **over}
        return self.client.post(self.url("notes"), fields, **(HX if hx else {}))

    def draft(self, text, kind="REPLY", **over):
        return self.client.post(self.url("draft"), {"kind": kind, "text": text, **over}, **HX)

    def upload(self, file, **over):
        return self.client.post(self.url("uploads"), {"file": file, **over}, **HX)

    def schedule(self, text="Later", **over):
        fields = {"reply": text, "client_id": uuid.uuid4(), "preset": "hour", "cancel_on_reply": "on", **over}
        return self.client.post(self.url("scheduled"), fields, **HX)

    def state(self, **query):
        return self.client.get(self.url("composer"), query, **HX).content.decode()


def picture(name="cat.png", size=(8, 8), form="PNG"):
    to = BytesIO()
    Image.new("RGB", size).save(to, form)
    return SimpleUploadedFile(name, to.getvalue(), "application/octet-stream")
