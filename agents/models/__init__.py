from agents.models.agents import Agent, AgentStatusLog
from agents.models.positions import Position

__all__ = ["Agent", "AgentStatusLog", "Position"]
