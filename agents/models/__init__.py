from agents.models.agents import Agent, AgentStatusLog
from agents.models.positions import Holiday, Position
from agents.models.push import PushSubscription

__all__ = ["Agent", "AgentStatusLog", "Holiday", "Position", "PushSubscription"]
