from agents.admin import agents, holidays, invitations, logs, members, positions

__all__ = ["agents", "holidays", "invitations", "logs", "members", "positions"]
