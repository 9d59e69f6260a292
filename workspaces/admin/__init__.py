from workspaces.admin import logs, memberships, people, workspaces

__all__ = ["logs", "memberships", "people", "workspaces"]
