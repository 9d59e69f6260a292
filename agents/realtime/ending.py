"""Streams whose token has become untrue are ended: each page then asks for another token, and is refused or given one.

`who`: a person, an agent, or the schema of a workspace.
"""

import json
import logging
import time
from uuid import UUID

import redis
from django.db import transaction

from agents.models import Agent
from agents.realtime.publishing import PREFIX
from agents.realtime.tokens import SECONDS, ended_key
from workspaces.models import User, Workspace
from workspaces.valkey import valkey

logger = logging.getLogger(__name__)

# A token that is being made at this moment may still say what was true before.
MARGIN_SECONDS = 1.0


def end_streams_of_person(user: User) -> None:
    _end_on_commit([user.pk])


def end_streams_of_agents(*agents: Agent) -> None:
    _end_on_commit([agent.pk for agent in agents])


def end_streams_of_workspace(workspace: Workspace) -> None:
    _end_on_commit([workspace.schema_name])


def _end_on_commit(whose: list[UUID] | list[str]) -> None:
    if whose:
        transaction.on_commit(lambda: end_streams([str(who) for who in whose]))


def end_streams(whose: list[str]) -> None:
    """Those that are open, and what their tokens could still open."""
    before = time.time() + MARGIN_SECONDS
    try:
        with valkey().pipeline(transaction=False) as pipe:
            for who in whose:
                pipe.set(ended_key(who), before, ex=2 * SECONDS)
            pipe.publish(PREFIX, json.dumps({"end": whose}))
            pipe.execute()
    except redis.RedisError as error:
        # The stream process is without Valkey too, and ends them all when it is back.
        logger.warning("streams were not ended (%s)", type(error).__name__)
