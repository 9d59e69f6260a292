"""Members and invitations of the workspace."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.actions import members as actions
from agents.forms.members import InvitationForm, NoteForm, RoleForm
from agents.guards import WorkspaceRequest, requires
from agents.rosters import guests_of, members_of
from workspaces.limits import check_invitation_limits
from workspaces.models import Invitation, Membership, Role
from workspaces.refusals import Refused
from workspaces.views.entrance import safe_path


@requires("members.view")
@require_safe
def members(request: WorkspaceRequest) -> HttpResponse:
    query = request.GET.get("q", "").replace("\x00", "").strip()
    shown, page = members_of(
        request.workspace,
        seen_by=request.agent,
        membership=request.membership,
        query=query,
        number=request.GET.get("page", 1),
    )
    context = {
        "members": shown,
        "page": page,
        "query": query,
        "guests": guests_of(request.workspace, seen_by=request.agent, membership=request.membership),
        "may_manage": request.agent.can("members.manage"),
    }
    return render(request, "agents/members.html", context)


@requires("members.manage")
@require_http_methods(["GET", "POST"])
def invitations(request: WorkspaceRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None, by=request.membership, agent=request.agent)
    if form.is_valid():
        try:
            check_invitation_limits(request, form.cleaned_data["email"])
            actions.invite_member(
                request.workspace,
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                position=form.cleaned_data["position"],
                by=request.agent,
            )
        except Refused as refusal:
            form.add_error(refusal.field, f"{refusal.message} {refusal.hint}".strip())
        else:
            messages.success(request, f"The invitation is on its way to {form.cleaned_data['email']}.")
            return redirect("agents:members")
    return render(request, "agents/invite.html", {"form": form}, status=422 if form.errors else 200)


@requires("members.manage")
@require_POST
def invitation_sending(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Invitation, pk=pk, workspace=request.workspace)
    check_invitation_limits(request, found.email)
    actions.resend_invitation(found, by=request.agent)
    messages.success(request, f"A new link is on its way to {found.email}; the old one no longer works.")
    return redirect("agents:members")


@requires("members.manage")
@require_POST
def invitation_withdrawal(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Invitation, pk=pk, workspace=request.workspace)
    actions.withdraw_invitation(found, by=request.agent)
    messages.success(request, f"{found.email}'s invitation is withdrawn.")
    return redirect("agents:members")


@requires("members.manage")
@require_POST
def role(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = find_member(request, pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Refused("Choose one of the roles.")
    before = actions.agent_of(found).can_receive_new_chats
    actions.change_role(found, form.cleaned_data["role"], by=request.agent)
    label, receives = Role(form.cleaned_data["role"]).label, actions.agent_of(found).can_receive_new_chats
    also = {(True, False): " New chats no longer go to them.", (False, True): " New chats go to them from now on."}
    messages.success(request, f"{found.user.name} has the role {label} now.{also.get((before, receives), '')}")
    return back_to_members(request)


@requires("members.manage")
@require_POST
def suspension(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = find_member(request, pk)
    form = NoteForm({"note": request.POST.get("note", "")[:500]})
    form.full_clean()
    if request.POST.get("lift"):
        actions.reactivate_member(found, by=request.agent, note=form.cleaned_data.get("note", ""))
        messages.success(request, f"{found.user.name} may come in again.")
    else:
        actions.suspend_member(found, by=request.agent, note=form.cleaned_data.get("note", ""))
        messages.success(request, f"{found.user.name} is suspended and signed out of this workspace.")
    return back_to_members(request)


def back_to_members(request: WorkspaceRequest) -> HttpResponse:
    """To the page of the list, and the search, that the form was sent from."""
    target = request.POST.get("next", "")
    return redirect(safe_path(request, target) if target else "agents:members")


def find_member(request: WorkspaceRequest, pk: UUID) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user"), pk=pk, workspace=request.workspace)
