"""What a person may be allowed to do in a workspace: the one registry of permission codes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Permission:
    code: str
    label: str
    allows: str
    changes: bool = True


PERMISSIONS = {
    permission.code: permission
    for permission in [
        Permission("team.view", "See the team", "See who works here, their position and availability.", changes=False),
        Permission("team.manage", "Manage the team", "Switch others on and off, and set who receives new chats."),
        Permission("positions.manage", "Manage positions", "Create positions and choose what each may do."),
        Permission("members.view", "See members", "See members, their roles and pending invitations.", changes=False),
        Permission("members.manage", "Manage members", "Invite people, change roles, suspend and reactivate."),
        Permission("channels.view", "See channels", "See pages, accounts and numbers and how they are.", changes=False),
        Permission("channels.manage", "Manage channels", "Connect, switch and disconnect pages, accounts and numbers."),
        Permission("workspace.manage", "Manage the workspace", "Change the workspace's profile and security rules."),
        Permission("audit.view", "Read the audit log", "See what everybody did in this workspace.", changes=False),
        Permission("messages.view", "Read all chats", "Read every chat, and who is in it.", changes=False),
        Permission("contacts.manage", "Manage contacts", "Import, export, merge and block contacts."),
        Permission(
            "inbox.manage", "Manage the inbox", "Set up labels, shared views, canned replies and the inbox's rules."
        ),
        Permission("admin.open", "Open the admin", "Use the workspace's admin pages, within the other permissions."),
    ]
}

ALL_CODES = frozenset(PERMISSIONS)
CHOICES = [(permission.code, permission.label) for permission in PERMISSIONS.values()]

# Positions that every workspace has from its first day and cannot delete.
SYSTEM_POSITIONS: dict[str, tuple[str, str, list[str]]] = {
    "administrator": ("Administrator", "Runs the workspace: may do everything.", sorted(ALL_CODES)),
    "supervisor": (
        "Supervisor",
        "Leads the agents: their availability and their work.",
        [
            "admin.open",
            "audit.view",
            "channels.view",
            "contacts.manage",
            "inbox.manage",
            "members.view",
            "messages.view",
            "team.manage",
            "team.view",
        ],
    ),
    "agent": ("Agent", "Answers customers.", ["messages.view", "team.view"]),
}
