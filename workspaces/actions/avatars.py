"""A person's picture: set, replaced, removed; the file that is no longer shown goes with it."""

from typing import BinaryIO

from django.db import transaction

from workspaces.audit import record
from workspaces.avatars import NotAPicture, make_square
from workspaces.files import delete_on_commit
from workspaces.models import User, UserProfile
from workspaces.refusals import Refused


def set_avatar(user: User, file: BinaryIO) -> None:
    try:
        square = make_square(file)
    except NotAPicture as error:
        raise Refused(str(error), field="picture") from error
    with transaction.atomic():
        profile = UserProfile.objects.select_for_update().get(user=user)
        old = profile.avatar.name
        profile.avatar.save(str(square.name), square, save=False)
        profile.save(update_fields=["avatar", "updated_at"])
        record("profile.picture", "Changed their picture", by=user)
        delete_on_commit([old])


@transaction.atomic
def remove_avatar(user: User) -> None:
    profile = UserProfile.objects.select_for_update().get(user=user)
    if not profile.avatar:
        return
    old, profile.avatar = profile.avatar.name, ""
    profile.save(update_fields=["avatar", "updated_at"])
    record("profile.picture", "Removed their picture", by=user)
    delete_on_commit([old])
