"""The workspace's audit log."""

from datetime import date, datetime, time, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agents.forms.settings import ActivityFilterForm
from agents.guards import WorkspaceRequest, requires
from workspaces.models import User, UserActivity
from workspaces.paging import page_of


@requires("audit.view")
@require_safe
def activity(request: WorkspaceRequest) -> HttpResponse:
    people = User.objects.filter(memberships__workspace=request.workspace)
    form = ActivityFilterForm(request.GET, people=people)
    rows = UserActivity.objects.within(request.workspace).select_related("user__profile")
    if form.is_valid():
        wanted = form.cleaned_data
        if wanted["person"]:
            rows = rows.filter(user=wanted["person"], by_operator=False)
        if wanted["what"]:
            rows = rows.filter(activity_type__startswith=wanted["what"])
        if wanted["since"]:
            rows = rows.filter(created_at__gte=midnight(wanted["since"]))
        if wanted["until"]:
            rows = rows.filter(created_at__lt=midnight(wanted["until"] + timedelta(days=1)))
    filtered = any(request.GET.get(name) for name in form.fields)
    context = {"form": form, "page": page_of(rows, request.GET), "filtered": filtered}
    return render(request, "agents/activity.html", context)


def midnight(day: date) -> datetime:
    """The day as the reader's clock has it."""
    return timezone.make_aware(datetime.combine(day, time.min))
