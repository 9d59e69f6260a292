"""The workspace's settings: what it says of itself, its security rules, its end."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from agents.actions import settings as actions
from agents.forms.members import ClosingForm, TransferForm
from agents.forms.settings import TwoFactorForm, WorkspaceForm, WorkspaceProfileForm
from agents.guards import WorkspaceRequest, requires
from workspaces.actions.memberships import transfer_ownership
from workspaces.actions.workspaces import close_workspace
from workspaces.models import Workspace, WorkspaceProfile
from workspaces.refusals import NotAllowed, Refused


@requires("workspace.manage")
@require_http_methods(["GET", "POST"])
def general(request: WorkspaceRequest) -> HttpResponse:
    # The one in the request is shared by every request of this process.
    workspace = Workspace.objects.get(pk=request.workspace.pk)
    form = WorkspaceForm(request.POST or None, instance=workspace)
    profile = WorkspaceProfileForm(request.POST or None, instance=WorkspaceProfile.objects.get(workspace=workspace))
    if form.is_valid() and profile.is_valid():
        fresh = Workspace.objects.get(pk=workspace.pk)
        actions.change_workspace(fresh, by=request.agent, **form.cleaned_data, **profile.cleaned_data)
        messages.success(request, "The workspace is saved.")
        return redirect("agents:settings")
    status = 422 if form.errors or profile.errors else 200
    context = {"workspace": request.workspace, "form": form, "profile": profile}
    return render(request, "agents/settings.html", context, status=status)


@requires("workspace.manage")
@require_http_methods(["GET", "POST"])
def security(request: WorkspaceRequest) -> HttpResponse:
    workspace = Workspace.objects.get(pk=request.workspace.pk)
    form = TwoFactorForm(request.POST or None, initial={"required": workspace.requires_two_factor})
    if form.is_valid():
        try:
            actions.require_two_factor(workspace, form.cleaned_data["required"], by=request.agent)
        except Refused as refusal:
            form.add_error("required", refusal.message)
        else:
            messages.success(request, "The security rules are saved.")
            return redirect("agents:security")
    members = workspace.memberships.active().with_person().order_by("user__first_name", "user__last_name")
    context = {
        "form": form,
        "required": workspace.requires_two_factor,
        "members_count": len(members),
        "without_two_factor": [member for member in members if not member.two_factor],
    }
    return render(request, "agents/security.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def ownership(request: WorkspaceRequest) -> HttpResponse:
    """Handing the workspace on, and closing it: the owner's alone."""
    if not request.membership.is_owner:
        raise NotAllowed("Only the owner hands the workspace on or closes it.")
    transfer = TransferForm(
        request.POST if "transfer" in request.POST else None, membership=request.membership, prefix="transfer"
    )
    closing = ClosingForm(
        request.POST if "close" in request.POST else None, slug=request.workspace.slug, prefix="closing"
    )
    if "transfer" in request.POST and transfer.is_valid():
        heir = transfer.cleaned_data["to"]
        transfer_ownership(request.workspace, heir, by=request.user)
        messages.success(request, f"{heir.user.name} owns the workspace now; you are an admin.")
        return redirect("agents:home")
    if "close" in request.POST and closing.is_valid():
        close_workspace(request.workspace, note=closing.cleaned_data["note"], by=request.user)
        return redirect("agents:home")
    status = 422 if transfer.errors or closing.errors else 200
    context = {"workspace": request.workspace, "transfer": transfer, "closing": closing}
    return render(request, "agents/ownership.html", context, status=status)
