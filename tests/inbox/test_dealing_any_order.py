"""Whatever happens in whatever order: nobody gets more than they may, nobody who is off, and nobody is forgotten."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agents.actions.agents import set_availability
from agents.models import Agent, Position
from inbox.actions.dealing import deal_again, deal_due, given_back
from inbox.actions.standing import close_chats
from inbox.models import Chat, ChatEvent, InboxRules, Message, RoutingRule
from tests.inbox.dealing import arrive, floor, leave, make_agents
from tests.webhooks import SECRET, connect, deliver, page, text

__all__ = ["floor"]

AGENTS, CUSTOMERS = range(4), range(6)
agent, customer = st.sampled_from(AGENTS), st.sampled_from(CUSTOMERS)
STEPS = st.one_of(
    st.tuples(st.just("message"), customer),
    st.tuples(st.just("messages"), st.lists(customer, min_size=2, max_size=6, unique=True)),
    st.tuples(st.just("availability"), agent, st.sampled_from(["ONLINE", "AWAY", "OFF"])),
    st.tuples(st.just("page"), agent, st.booleans()),
    st.tuples(st.just("limit"), agent, st.sampled_from([None, 0, 1, 2])),
    st.tuples(st.just("close"), customer),
    st.tuples(st.just("strategy"), st.sampled_from(["ROUND_ROBIN", "LEAST_LOADED", "LAST_AGENT", "BY_HAND"])),
    st.tuples(st.just("reassign"), st.sampled_from([None, 0])),
    st.tuples(st.just("channel"), st.booleans()),
    st.tuples(st.just("again"), agent),
    st.tuples(st.just("rule"), st.one_of(st.none(), agent, st.just("night"))),
)


@pytest.fixture
def stage(floor, settings):
    settings.META_APP_SECRET = SECRET
    shop = connect(floor)
    agents = make_agents(floor, len(AGENTS))
    return Stage(floor, shop, agents)


@dataclass
class Stage:
    workspace: Any
    shop: Any
    agents: list[Agent]
    written: int = 0
    # Agents with a page open.
    here: set[int] = field(default_factory=lambda: set(AGENTS))

    def do(self, name: str, *what: Any) -> None:
        getattr(self, name)(*what)
        connection.set_tenant(self.workspace)

    def message(self, customer: int) -> None:
        self.messages([customer])

    def messages(self, customers: list[int]) -> None:
        self.written += len(customers)
        items = [
            text(self.shop, customer=f"c{one}", mid=f"m{self.written}-{one}", second=self.written) for one in customers
        ]
        deliver(page(self.shop, *items))

    def availability(self, agent: int, to: str) -> None:
        set_availability(self.agents[agent], to, by=self.agents[agent], workspace=self.workspace)

    def page(self, agent: int, is_open: bool) -> None:
        (arrive if is_open else leave)(self.workspace, self.agents[agent])
        self.here = self.here | {agent} if is_open else self.here - {agent}

    def limit(self, agent: int, most: int | None) -> None:
        Agent.objects.filter(pk=self.agents[agent].pk).update(max_open_chats=most)

    def close(self, customer: int) -> None:
        close_chats(Chat.objects.filter(identity__external_id=f"c{customer}"), by=None)

    def strategy(self, name: str) -> None:
        InboxRules.objects.update_or_create(is_only=True, defaults={"strategy": name})

    def reassign(self, after: int | None) -> None:
        InboxRules.objects.update_or_create(is_only=True, defaults={"reassign_after": after})

    def channel(self, restricted: bool) -> None:
        night, _ = Position.objects.get_or_create(slug="night", defaults={"name": "Night"})
        Agent.objects.filter(pk__in=[one.pk for one in self.agents[:2]]).update(position=night)
        self.shop.positions.set([night] if restricted else [])

    def rule(self, to: int | str | None) -> None:
        """For every chat that begins: to this agent, to those of a position, or none."""
        RoutingRule.objects.all().delete()
        if to is None:
            return
        night, _ = Position.objects.get_or_create(slug="night", defaults={"name": "Night"})
        actions = {"position": str(night.pk)} if to == "night" else {"agent": str(self.agents[int(to)].pk)}
        RoutingRule.objects.create(name="All", actions=actions)

    def again(self, agent: int) -> None:
        deal_again(self.agents[agent], why="Asked for.")

    def is_on(self, agent: Agent) -> bool:
        return agent.availability == "ONLINE" and agent.pk in {self.agents[place].pk for place in self.here}

    def answers(self, agent: Agent, chat: Chat) -> bool:
        """Whose turn it may be."""
        allowed = {chat.team_id} if chat.team_id else set(self.shop.positions.values_list("pk", flat=True))
        return not allowed or agent.position_id in allowed


def owned() -> dict[Any, Any]:
    return dict(Chat.objects.open().values_list("pk", "assigned_to"))


def check(stage: Stage, before: dict[Any, Any], step: Any) -> None:
    now = owned()
    agents = {one.pk: one for one in Agent.objects.select_related("position")}
    counts = {pk: sum(owner == pk for owner in now.values()) for pk in agents}
    for chat in Chat.objects.all():
        told = ChatEvent.objects.filter(chat=chat, kind__in=["ASSIGNED", "UNASSIGNED"]).order_by("-at", "-id").first()
        owner = chat.assigned_to_id
        assert str(owner or "") == (told.data["to_id"] if told else ""), f"{step}: told otherwise"
        if owner and chat.pk in now and before.get(chat.pk) != owner:
            most = agents[owner].limit
            assert stage.is_on(agents[owner]), f"{step}: {agents[owner].name} is not on"
            assert most is None or counts[owner] <= most, f"{step}: {agents[owner].name} has {counts[owner]} of {most}"
            # Whom a rule names, or who had it before, has it whoever answers the channel.
            in_turn = told.data["turn"]["by"] in {"turn", "fewest"}
            assert not in_turn or stage.answers(agents[owner], chat), f"{step}: {agents[owner].name} does not answer it"
    room = [one for one in agents.values() if stage.is_on(one) and (one.limit is None or counts[one.pk] < one.limit)]
    waiting, by_hand = Chat.objects.to_deal(), InboxRules.objects.current().strategy == "BY_HAND"
    backs = given_back(waiting)
    for chat in waiting.exclude(team=None) if by_hand else waiting:
        could = [one.name for one in room if stage.answers(one, chat) and backs.get(chat.pk) != one.pk]
        assert not could, f"{step}: forgotten by {could}"


def check_traces(stage: Stage) -> None:
    """Who had the turn before is who is named, and whoever was passed over is told why."""
    names = {str(one.pk): one.name for one in stage.agents}
    last: dict[str, str] = {}
    for event in ChatEvent.objects.filter(data__turn__number__isnull=False).order_by("data__turn__number"):
        turn = event.data["turn"]
        assert turn["after"] == last.get(turn["cursor"], "")
        assert event.data["to"] == names[event.data["to_id"]]
        assert event.data["to_id"] not in {pk for pk, _, _ in turn["passed"]}
        assert all(why for _, _, why in turn["passed"])
        last[turn["cursor"]] = event.data["to"]


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, min_size=5, max_size=25))
def test_the_promises_hold_after_every_step(stage, steps):
    with transaction.atomic():
        stage.here, stage.written = set(AGENTS), 0
        arrive(stage.workspace, *stage.agents)
        for step in steps:
            before = owned()
            stage.do(*step)
            deal_due()
            check(stage, before, step)
        check_traces(stage)
        assert Message.objects.count() == stage.written
        transaction.set_rollback(True)
    connection.set_tenant(stage.workspace)
