from workspaces.models.activities import UserActivity
from workspaces.models.handovers import Handover
from workspaces.models.mails import Mail
from workspaces.models.memberships import Invitation, Membership, Role
from workspaces.models.meta import ChannelRoute, Delivery, MetaApp, Platform, PlatformManager
from workspaces.models.users import User, UserAddress, UserPreferences, UserProfile
from workspaces.models.web_push import WebPushKey
from workspaces.models.workspaces import Domain, Workspace, WorkspaceProfile

__all__ = [
    "ChannelRoute",
    "Delivery",
    "Domain",
    "Handover",
    "Invitation",
    "Mail",
    "Membership",
    "MetaApp",
    "Platform",
    "PlatformManager",
    "Role",
    "User",
    "UserActivity",
    "UserAddress",
    "UserPreferences",
    "UserProfile",
    "WebPushKey",
    "Workspace",
    "WorkspaceProfile",
]
