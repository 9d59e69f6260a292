"""Two contacts become one and two again: nothing is lost, nothing happens twice, whoever clicks when."""

import itertools
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from inbox.actions.editing import add_tags, set_attribute, write_notes
from inbox.actions.editing import mark_of as mark
from inbox.actions.joining import join_identities
from inbox.actions.merging import merge_contacts, undo_merge
from inbox.contacts import person_of, suggestions_for
from inbox.lists import unread_for
from inbox.models import Chat, ChatEvent, ChatRead, Contact, ContactMerge, Identity
from pages.models import Channel
from tests import factories
from tests.inbox.test_outbox_races import within
from workspaces.refusals import NotAllowed, Refused


@pytest.fixture
def ana_works(in_acme, ana):
    agent = factories.agent_of(ana, in_acme)
    connection.set_tenant(in_acme)
    return agent


@pytest.fixture
def merge(ana_works, in_acme):
    return lambda kept, gone: merge_contacts(kept, gone, by=ana_works, workspace=in_acme)


@pytest.fixture
def undo(ana_works, in_acme):
    return lambda done: undo_merge(done, by=ana_works, workspace=in_acme)


@pytest.fixture
def as_ana(client_for, ana, in_acme):
    return client_for(ana, in_acme)


@pytest.fixture
def two(in_acme):
    return somebody("FACEBOOK", tags=["VIP"], attributes={"City": "York", "Size": "44"}, notes="Likes tea"), somebody(
        "WHATSAPP", tags=["vip", "B2B"], attributes={"City": "Leeds", "Team": "A"}, notes="Calls late", blocked=True
    )


def somebody(platform, name="Kim Kowalski", **facts):
    channel = factories.make_channel(platform, metadata={"waba_id": "7"} if platform == "WHATSAPP" else {})
    chat = factories.make_chat(channel, identity=factories.make_identity(channel, name=name))
    Contact.objects.filter(pk=chat.identity.contact_id).update(**facts)
    return Contact.objects.get(pk=chat.identity.contact_id)


def everything():
    """All that a merge touches, but for when it was touched."""
    contacts = Contact.objects.order_by("pk").values(
        "pk", "display_name", "tags", "attributes", "notes", "blocked", "merged_into"
    )
    return list(contacts), list(Identity.objects.order_by("pk").values_list("pk", "contact"))


def kinds():
    return sorted(ChatEvent.objects.values_list("chat__platform", "kind"))


def test_all_of_both_is_the_kept_ones(two, merge):
    kept, gone = two
    merge(kept, gone)
    found = Contact.objects.get(pk=kept.pk)
    assert found.tags == ["VIP", "B2B"]
    assert found.attributes == {"City": "York", "Size": "44", "Team": "A"}
    assert found.notes == "Likes tea\n\nCalls late"
    assert found.blocked
    assert set(Identity.objects.values_list("contact", flat=True)) == {kept.pk}
    assert Contact.objects.get(pk=gone.pk).merged_into == kept
    assert kinds() == [("FACEBOOK", "MERGED"), ("WHATSAPP", "MERGED")]
    assert ChatEvent.objects.first().data == {"kept": "Kim Kowalski", "gone": "Kim Kowalski"}


def test_undone_it_is_exactly_as_before(two, merge, undo):
    before = everything()
    done = merge(*two)
    assert everything() != before
    assert undo(done)
    assert everything() == before
    assert kinds() == [
        ("FACEBOOK", "MERGED"), ("FACEBOOK", "UNMERGED"), ("WHATSAPP", "MERGED"), ("WHATSAPP", "UNMERGED"),
    ]  # fmt: skip


def test_what_was_written_since_the_merge_stays(two, merge, undo, ana_works):
    kept, gone = two
    done = merge(kept, gone)
    both = Contact.objects.get(pk=kept.pk)
    add_tags(both, ["New"], by=ana_works)
    set_attribute(both, "Height", "180", by=ana_works)
    write_notes(both, "Something else", by=ana_works, instead_of=mark(both.notes))
    undo(done)
    kept, gone = Contact.objects.get(pk=kept.pk), Contact.objects.get(pk=gone.pk)
    assert (kept.tags, kept.notes, kept.blocked) == (["VIP", "New"], "Something else", False)
    assert kept.attributes == {"City": "York", "Size": "44", "Height": "180"}
    assert (gone.tags, gone.notes, gone.blocked) == (["vip", "B2B"], "Calls late", True)


def test_the_same_again_is_the_same_merge_and_undoing_twice_is_once(two, merge, undo):
    done = merge(*two)
    assert merge(*two) == done
    assert ChatEvent.objects.count() == 2
    assert [undo(done), undo(done)] == [True, False]
    assert ChatEvent.objects.count() == 4
    assert merge(*two) != done


def test_later_merges_are_undone_first(two, merge, undo):
    kept, gone = two
    first = merge(kept, gone)
    third = somebody("INSTAGRAM")
    second = merge(third, Contact.objects.get(pk=kept.pk))
    with pytest.raises(Refused, match="merged with another contact since"):
        undo(first)
    assert undo(second)
    assert undo(first)
    assert Identity.objects.values("contact").distinct().count() == 3


def test_who_is_merged_away_is_not_merged_again(two, merge):
    kept, gone = two
    merge(kept, gone)
    with pytest.raises(Refused):
        merge(somebody("INSTAGRAM"), gone)
    with pytest.raises(Refused):
        merge(kept, kept)
    assert ContactMerge.objects.count() == 1


def test_what_meta_has_joined_is_not_taken_apart(two, merge, undo):
    done = merge(*two)
    first, second = Identity.objects.order_by("pk")
    join_identities(into=first, gone=second)
    before = everything()
    with pytest.raises(Refused, match="Meta"):
        undo(done)
    assert everything() == before


@pytest.fixture
def faces(in_acme):
    """Two of one person: the one that stays, and the one that turns out to be it."""
    channel = factories.make_channel()
    return [factories.make_identity(channel) for _ in range(2)]


def chats_of(faces, **over):
    channel = Channel.objects.get()
    return [
        factories.make_chat(channel, identity=face, **{name: values[place] for name, values in over.items()})
        for place, face in enumerate(faces)
    ]


@pytest.mark.parametrize("states", list(itertools.permutations(["OPEN", "SNOOZED", "CLOSED"], 2)), ids=" < ".join)
def test_a_chat_that_is_joined_stands_as_the_livelier_of_the_two(states, faces):
    tomorrow = timezone.now() + timedelta(days=1)
    chats_of(faces, state=states, snoozed_until=[tomorrow if state == "SNOOZED" else None for state in states])
    join_identities(into=faces[0], gone=faces[1])
    chat = Chat.objects.get()
    assert chat.state == ("OPEN" if "OPEN" in states else "SNOOZED")
    assert chat.snoozed_until == (tomorrow if chat.state == "SNOOZED" else None)


def test_what_was_snoozed_twice_comes_back_at_the_first_time(faces):
    times = [timezone.now() + timedelta(days=days) for days in (2, 1)]
    chats_of(faces, state=["SNOOZED"] * 2, snoozed_until=times)
    join_identities(into=faces[0], gone=faces[1])
    assert Chat.objects.get().snoozed_until == times[1]


@pytest.mark.parametrize(("read", "unread"), [([5, 3], 0), ([5, 2], 1), ([5, None], 3), ([None, 3], 5)])
def test_what_an_agent_has_read_in_either_is_read_in_the_one(read, unread, faces, ana_works):
    for chat, seen in zip(chats_of(faces, incoming_count=[5, 3]), read, strict=True):
        if seen is not None:
            ChatRead.objects.create(chat=chat, agent=ana_works, incoming_seen=seen)
    join_identities(into=faces[0], gone=faces[1])
    assert Chat.objects.annotate(new=unread_for(ana_works)).get().new == unread


def test_a_joined_chat_waits_for_those_for_whom_either_waited(faces, in_acme):
    team = factories.make_position(in_acme)
    connection.set_tenant(in_acme)
    chats_of(faces, team=[None, team])
    join_identities(into=faces[0], gone=faces[1])
    assert Chat.objects.get().team == team


def test_only_with_the_permission_and_only_whom_one_sees(two, in_acme, bo, as_ana, client_for):
    agent = factories.agent_of(bo, in_acme)
    connection.set_tenant(in_acme)
    with pytest.raises(NotAllowed):
        merge_contacts(*two, by=agent, workspace=in_acme)
    agent.position.permissions = ["contacts.manage"]
    agent.position.save()
    Chat.objects.filter(identity__contact=two[0]).update(assigned_to=agent)
    with pytest.raises(NotAllowed):
        merge_contacts(*two, by=agent, workspace=in_acme)
    with pytest.raises(NotAllowed):
        merge_contacts(*two[::-1], by=agent, workspace=in_acme)
    assert ContactMerge.objects.count() == 0


def test_by_hand_looked_at_first_and_undone(as_ana, two):
    kept, gone = two
    found = as_ana.get(f"/contacts/{kept.pk}/merge/", {"q": "kowal"})
    assert [person.contact for person in found.context["found"]] == [gone]
    preview = as_ana.get(f"/contacts/{kept.pk}/merge/", {"with": gone.pk})
    assert preview.context["lost"] == [("City", "Leeds")]
    assert Contact.objects.exclude(merged_into=None).count() == 0
    turned = as_ana.get(f"/contacts/{kept.pk}/merge/", {"with": gone.pk, "keep": gone.pk})
    assert turned.context["kept"].contact == gone
    assert as_ana.post(f"/contacts/{kept.pk}/merge/", {"with": gone.pk, "keep": kept.pk})["Location"].endswith(
        f"/contacts/{kept.pk}/"
    )
    page = as_ana.get(f"/contacts/{kept.pk}/")
    merge = page.context["merges"][0]
    as_ana.post(f"/contacts/merges/{merge.pk}/undoing/")
    assert Contact.objects.get(pk=gone.pk).merged_into is None


def test_beside_a_chat_it_leads_back_to_the_chat(as_ana, two):
    one, other = two
    chat = Chat.objects.get(identity__contact=one)
    beside = f"?chat={chat.pk}&beside=1"
    page = as_ana.get(f"/contacts/{one.pk}/merge/{beside}", {"chat": chat.pk, "beside": 1, "q": "kowal"})
    assert f'/contacts/{one.pk}/merge/?chat={chat.pk}&amp;beside=1&amp;with={other.pk}"' in page.content.decode()
    kept_other = {"with": other.pk, "keep": other.pk}
    assert as_ana.post(f"/contacts/{one.pk}/merge/{beside}", kept_other)["Location"] == f"/inbox/all/{chat.pk}/"
    undoing = f"/contacts/merges/{ContactMerge.objects.get().pk}/undoing/"
    assert as_ana.post(undoing + beside)["Location"] == f"/inbox/all/{chat.pk}/"
    assert as_ana.post(undoing)["Location"] == f"/contacts/{other.pk}/"


def test_the_other_one_can_be_kept(as_ana, two):
    kept, gone = two
    as_ana.post(f"/contacts/{kept.pk}/merge/", {"with": gone.pk, "keep": gone.pk})
    assert Contact.objects.get(pk=kept.pk).merged_into == gone


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ({"name": "Kim Kowalski"}, {"name": "kim kowalski"}, ["Same name"]),
        ({"name": "Kim", "username": "kim.k"}, {"name": "K", "username": "KIM.K"}, ["Same username"]),
        ({"name": "Kim"}, {"name": "Kim"}, []),
        ({"name": "Kim Kowalski"}, {"name": "Lee Kowalski"}, []),
        ({"name": ""}, {"name": ""}, []),
    ],
)
def test_suggested(ana_works, first, second, why):
    page, shop = factories.make_channel(), factories.make_channel("INSTAGRAM")
    one, other = factories.make_identity(page, **first), factories.make_identity(shop, **second)
    # On the same page Meta would have told that they are one.
    factories.make_identity(page, **first)
    found = suggestions_for(person_of(one.contact, ana_works), ana_works)
    assert [(each.person.contact, each.why) for each in found] == [(other.contact, reason) for reason in why]


def test_suggested_by_phone(ana_works):
    numbers = [factories.make_channel("WHATSAPP", metadata={"portfolio_id": name}) for name in ("a", "b")]
    one, other = (factories.make_identity(number, phone="491511", external_id=None, name="") for number in numbers)
    found = suggestions_for(person_of(one.contact, ana_works), ana_works)
    assert [(each.person.contact, each.why) for each in found] == [(other.contact, "Same phone number")]


def test_two_who_merge_at_once_the_other_way_round_make_one_merge(in_acme, ana, transactional_db, at_once):
    agent = factories.agent_of(ana, in_acme)
    connection.set_tenant(in_acme)
    one, other = somebody("FACEBOOK"), somebody("WHATSAPP")

    def click(kept, gone):
        return within(in_acme, lambda: merge_contacts(kept, gone, by=agent, workspace=in_acme))

    results = at_once(click(one, other), click(other, one), click(one, other), racing_for=table_of(in_acme))
    connection.set_tenant(in_acme)
    merges = list(ContactMerge.objects.all())
    assert len(merges) == 1
    assert {result for result in results if isinstance(result, ContactMerge)} == set(merges)
    assert all(isinstance(result, (ContactMerge, Refused)) for result in results)
    assert ChatEvent.objects.count() == 2
    assert Identity.objects.values("contact").distinct().count() == 1


def test_undone_by_two_at_once_is_undone_once(in_acme, ana, transactional_db, at_once):
    agent = factories.agent_of(ana, in_acme)
    connection.set_tenant(in_acme)
    done = merge_contacts(somebody("FACEBOOK"), somebody("WHATSAPP"), by=agent, workspace=in_acme)
    click = within(in_acme, lambda: undo_merge(done, by=agent, workspace=in_acme))
    results = at_once(click, click, racing_for=table_of(in_acme))
    connection.set_tenant(in_acme)
    assert sorted(results) == [False, True]
    assert ContactMerge.objects.get().undone_at <= timezone.now()
    assert ChatEvent.objects.filter(kind="UNMERGED").count() == 2


def table_of(workspace):
    return f'{workspace.schema_name}"."identities'
