"""Secrets at rest: encrypted in the column, plain only in the hand that uses them."""

from base64 import urlsafe_b64encode
from functools import cache
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

# Secrets within a JSON column of somebody else's model, which no field of ours encrypts: the column, its entries.
JSON_SECRETS = {"mfa.Authenticator": ("data", ("secret", "seed"))}


class UnreadableSecret(Exception):
    """None of the keys in FIELD_KEYS opens it."""


@cache
def keyring(keys: tuple[str, ...]) -> MultiFernet:
    """The first key encrypts, each of them decrypts. A key may be any text: its hash is what Fernet takes."""
    return MultiFernet([Fernet(urlsafe_b64encode(sha256(key.encode()).digest())) for key in keys])


def encrypt(plain: str) -> str:
    return keyring(tuple(settings.FIELD_KEYS)).encrypt(plain.encode()).decode()


def decrypt(stored: str) -> str:
    try:
        return keyring(tuple(settings.FIELD_KEYS)).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise UnreadableSecret("A secret in the database was encrypted with a key that FIELD_KEYS lacks.") from None


def encrypted_anew(stored: str) -> str | None:
    """With the first key; nothing when it is already."""
    keys = tuple(settings.FIELD_KEYS)
    try:
        keyring(keys[:1]).decrypt(stored.encode())
    except InvalidToken:
        return encrypt(decrypt(stored))
    return None


class EncryptedTextField(models.TextField):
    """Cannot be looked up by its value: equal secrets do not look equal."""

    def get_prep_value(self, value: str | None) -> str | None:
        return encrypt(value) if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name in {"isnull"} else None
