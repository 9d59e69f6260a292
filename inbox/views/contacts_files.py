"""People in from a file, and out into one."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.guards import WorkspaceRequest, requires
from inbox.actions.exporting import export_contacts
from inbox.actions.importing import check_rows, discard_import, preview, start_import, upload_contacts
from inbox.forms.contacts import ContactFilterForm, ImportForm, UploadForm
from inbox.models import ContactImport
from inbox.sheets import written
from workspaces.refusals import NotAllowed, Refused

MOST_SHOWN = 20
FAILED_SHOWN = 50


@requires("contacts.manage")
@require_http_methods(["GET", "POST"])
def imports(request: WorkspaceRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = upload_contacts(file.read(), file.name, by=request.agent)
            return redirect("inbox:contact-import", made.pk)
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error("file", f"{refusal.message} {refusal.hint}".strip())
    earlier = imports_of(request).select_related("created_by__user").order_by("-id")[:MOST_SHOWN]
    context = {"form": form, "imports": earlier}
    return render(request, "inbox/contacts/imports.html", context, status=422 if form.errors else 200)


@requires("contacts.manage")
@require_http_methods(["GET", "POST"])
def contact_import(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = import_for(request, pk)
    if found.state != ContactImport.State.UPLOADED:
        return progress_of(request, found)
    form = ImportForm(request.POST or None, contact_import=found)
    if form.is_valid() and "start" in request.POST:
        start_import(found, form.rules(), form.cleaned_data["channel"], by=request.agent, workspace=request.workspace)
        return redirect("inbox:contact-import", found.pk)
    context = {"import": found, "form": form, "rows": preview(found, form.rules())}
    if "phone" in form.columns():
        context["bad_count"], context["bad"] = check_rows(found, form.rules())
    failed = bool(form.errors) and "start" in request.POST
    return render(request, "inbox/contacts/import.html", context, status=422 if failed else 200)


@requires("contacts.manage")
@require_POST
def import_removal(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    if discard_import(import_for(request, pk), by=request.agent):
        messages.success(request, "The file is thrown away. Nobody was imported.")
    return redirect("inbox:contact-imports")


@requires("contacts.manage")
@require_safe
def failed_rows(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    """As they came, each with what is wrong: to be put right and uploaded again."""
    found = import_for(request, pk)
    rows = found.failed_rows.order_by("line").values_list("line", "error", "values")
    lines = [["Row", "What is wrong", *found.head], *([line, error, *values] for line, error, values in rows)]
    return as_csv(HttpResponse("".join(written(lines))), "rows-left-out.csv")


@requires("contacts.manage")
@require_POST
def export(request: WorkspaceRequest) -> HttpResponse:
    wanted = ContactFilterForm(request.POST).understood()
    lines = export_contacts(wanted, by=request.agent, workspace=request.workspace)
    return as_csv(StreamingHttpResponse(lines), f"contacts-{timezone.localdate().isoformat()}.csv")


def progress_of(request: WorkspaceRequest, found: ContactImport) -> HttpResponse:
    done = found.state != ContactImport.State.RUNNING
    context = {
        "import": found,
        "done": done,
        "failed": found.failed_rows.order_by("line")[:FAILED_SHOWN] if done else [],
    }
    polled = request.headers.get("HX-Target") == "import-progress"
    return render(request, f"inbox/contacts/{'_import_progress' if polled else 'import_progress'}.html", context)


def imports_of(request: WorkspaceRequest) -> QuerySet[ContactImport]:
    found: QuerySet[ContactImport] = ContactImport.objects.visible_to(request.agent)
    return found


def import_for(request: WorkspaceRequest, pk: UUID) -> ContactImport:
    found = imports_of(request).select_related("channel", "created_by__user").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def as_csv(response: HttpResponseBase, name: str) -> HttpResponse:
    response["Content-Type"] = "text/csv; charset=utf-8"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    # A guard knows the one kind alone.
    return cast("HttpResponse", response)
