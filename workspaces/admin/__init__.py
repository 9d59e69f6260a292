from workspaces.admin import deliveries, logs, memberships, people, workspaces

__all__ = ["deliveries", "logs", "memberships", "people", "workspaces"]
