"""Views of the list that people keep: one's own, or for everybody."""

from agents.models import Agent
from inbox import live
from inbox.models import SavedView
from workspaces.refusals import NotAllowed, Refused

# Of one agent: each is counted on every page.
MOST = 50


def save_view(view: SavedView, *, by: Agent) -> SavedView:
    """New, or under another name; only who manages the inbox makes one for everybody."""
    kept = require_own(view, by)
    if view.is_shared and not by.can("inbox.manage"):
        raise NotAllowed("Your position does not allow shared views.")
    if view._state.adding and SavedView.objects.filter(owner=by).count() >= MOST:
        raise Refused(f"You keep {MOST} views already.", hint="Delete one that you no longer use.")
    view.save()
    live.furniture_changed(of=None if view.is_shared or kept.is_shared else view.owner_id)
    return view


def delete_view(view: SavedView, *, by: Agent) -> None:
    kept = require_own(view, by)
    view.delete()
    live.furniture_changed(of=None if kept.is_shared else kept.owner_id)


def may_change(view: SavedView, agent: Agent) -> bool:
    return agent.can("inbox.manage") if view.is_shared else view.owner_id == agent.pk


def require_own(view: SavedView, by: Agent) -> SavedView:
    """As it is kept, not as it is to become."""
    kept = SavedView.objects.filter(pk=view.pk).first() or view
    if not may_change(kept, by):
        raise NotAllowed("This view is not yours to change.")
    return kept
