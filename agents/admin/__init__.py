from agents.admin import agents, invitations, logs, members, positions

__all__ = ["agents", "invitations", "logs", "members", "positions"]
