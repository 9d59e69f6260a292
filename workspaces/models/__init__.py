from workspaces.models.activities import UserActivity
from workspaces.models.handovers import Handover
from workspaces.models.memberships import Invitation, Membership, Role
from workspaces.models.users import User, UserAddress, UserPreferences, UserProfile
from workspaces.models.workspaces import Domain, Workspace, WorkspaceProfile

__all__ = [
    "Domain",
    "Handover",
    "Invitation",
    "Membership",
    "Role",
    "User",
    "UserActivity",
    "UserAddress",
    "UserPreferences",
    "UserProfile",
    "Workspace",
    "WorkspaceProfile",
]
