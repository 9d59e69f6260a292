"""Who gives no sign of life counts as away, by the clock; with the next sign they are back, which the page tells."""

import time

from agents.actions.agents import set_idle
from agents.models import Agent
from agents.realtime.activity import begin_counting, last_signs
from inbox.models import InboxRules
from workspaces.tenancy.search_path import current_schema


def find_idle() -> int:
    """How many have fallen idle; who has chosen away or off is left as they are."""
    after = InboxRules.objects.current().idle_after
    if after is None:
        return 0
    online = Agent.objects.active().filter(availability=Agent.Availability.ONLINE, is_idle=False)
    agents = {agent.pk: agent for agent in online.exclude(role=Agent.Role.VIEWER)}
    signs = last_signs(current_schema(), agents)
    begin_counting(current_schema(), [pk for pk, sign in signs.items() if sign is None])
    since = time.time() - after * 60
    note = f"No sign of life for {after} minutes"
    return sum(set_idle(agents[pk], True, note=note) for pk, sign in signs.items() if sign is not None and sign < since)
