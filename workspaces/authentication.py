"""Finds the person of a session together with what every page needs of them."""

import uuid

from allauth.account.auth_backends import AuthenticationBackend

from workspaces.models import User


class Backend(AuthenticationBackend):
    def get_user(self, user_id: uuid.UUID) -> User | None:
        user = User.objects.select_related("profile", "preferences").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
