"""Customers choose their own names: none may push the rest of a row off the screen."""

from django.utils.text import Truncator


def short(name: str) -> str:
    return Truncator(name).chars(40)
