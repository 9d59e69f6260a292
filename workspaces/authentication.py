"""Finds the person of a session together with what every page needs of them."""

import uuid

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection

from workspaces.joined import Columns, models_in
from workspaces.models import Membership, User, UserPreferences, UserProfile
from workspaces.tenancy.search_path import current_workspace

PARTS = Columns(User, "u"), Columns(UserProfile, "p"), Columns(UserPreferences, "f"), Columns(Membership, "m")
PERSON = f"""
SELECT {", ".join(map(str, PARTS))} FROM users AS u
  LEFT JOIN user_profiles AS p ON p.user_id = u.id LEFT JOIN user_preferences AS f ON f.user_id = u.id
  LEFT JOIN workspace_members AS m ON m.user_id = u.id AND m.workspace_id = %s AND m.status = 'ACTIVE'
WHERE u.id = %s
"""  # noqa: S608 - columns of our models


class Backend(AuthenticationBackend):
    def get_user(self, user_id: uuid.UUID) -> User | None:
        """With profile and preferences, and as `member` their active membership in the workspace that is asked."""
        here = current_workspace()
        with connection.cursor() as cursor:
            cursor.execute(PERSON, (here.pk if here else None, user_id))
            row = cursor.fetchone()
        if row is None:
            return None
        user, profile, preferences, membership = models_in(row, *PARTS)
        for one in filter(None, (profile, preferences, membership)):
            one.user = user
        user.member = membership
        return user if self.user_can_authenticate(user) else None
