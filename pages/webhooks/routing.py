"""To which workspaces a delivery's parts go."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from pages.webhooks.cutting import Piece
from pages.webhooks.events import Part
from workspaces.models import ChannelRoute, Workspace


class Routes:
    """Those that a batch of parts needs, read at once."""

    def __init__(self, parts: Iterable[Part]) -> None:
        parts = list(parts)
        accounts = {part.account_id for part in parts if part.account_id}
        wabas = {part.waba_id for part in parts if part.waba_id}
        wanted = ChannelRoute.objects.filter(Q(external_id__in=accounts) | Q(account_id__in=wabas))
        self.by_account: dict[tuple[str, str], Workspace] = {}
        self.by_waba: dict[str, dict[UUID, Workspace]] = defaultdict(dict)
        for route in wanted.exclude(workspace__status=Workspace.Status.ERASED).select_related("workspace"):
            self.by_account[route.platform, route.external_id] = route.workspace
            if route.account_id:
                self.by_waba[route.account_id][route.workspace_id] = route.workspace

    def homes_of(self, piece: Piece) -> list[Workspace]:
        """A workspace's own app speaks for its own accounts alone; the platform's for all."""
        part, signed_by = piece.part, piece.delivery.workspace_id
        if part.account_id:
            found = self.by_account.get((part.platform, part.account_id))
            workspaces = [found] if found else []
        else:
            workspaces = list(self.by_waba.get(part.waba_id, {}).values()) if part.waba_id else []
        return [workspace for workspace in workspaces if signed_by in {None, workspace.pk}]
