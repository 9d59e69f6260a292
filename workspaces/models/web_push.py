"""How push services know us: the one key that every notice of this installation is signed with."""

from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import models
from py_vapid import Vapid

from workspaces.encryption import EncryptedTextField


class WebPushKeyManager(models.Manager["WebPushKey"]):
    def current(self) -> "WebPushKey":
        """Made when it is first asked for; of two processes that make one, one row stays, and both read that."""
        found = self.filter(pk=1).first()
        if found is None:
            self.bulk_create([WebPushKey(pk=1, private_key=new_private_key())], ignore_conflicts=True)
            found = self.get(pk=1)
        return found


class WebPushKey(models.Model):
    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    private_key = EncryptedTextField()
    made_at = models.DateTimeField(auto_now_add=True)

    objects = WebPushKeyManager()

    class Meta:
        db_table = "web_push_keys"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_web_push_key")]

    def __str__(self) -> str:
        return "The key of our notices"

    @property
    def vapid(self) -> Vapid:
        return Vapid.from_raw(self.private_key.encode())

    @property
    def public_key(self) -> str:
        """As browsers take it when they subscribe: with another key they would have to subscribe anew."""
        point = self.vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64url(point)


def new_private_key() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64url(number.to_bytes(32, "big"))


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
