"""Pictures of people: changed on the public host, shown on every host to who is logged in there."""

import re

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from workspaces.actions.avatars import remove_avatar, set_avatar
from workspaces.forms.people import PictureForm
from workspaces.limits import within_limit
from workspaces.refusals import Refused
from workspaces.views.account import profile_page
from workspaces.views.chooser import PersonRequest

NAME = re.compile(r"[0-9a-f]{32}\.webp")


@require_safe
def avatar(request: HttpRequest, name: str) -> HttpResponseBase:
    """The name is a secret of 128 bits and changes with the picture, so a browser may keep it for good."""
    if not NAME.fullmatch(name):
        raise Http404
    try:
        file = default_storage.open(f"avatars/{name}")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
def picture(request: PersonRequest) -> HttpResponse:
    if "remove" in request.POST:
        remove_avatar(request.user)
        messages.success(request, "Your picture is removed.")
        return redirect("workspaces:profile")
    if not within_limit(request, "picture"):
        return render(request, "429.html", status=429)
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            set_avatar(request.user, form.cleaned_data["picture"])
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, "Your picture is changed.")
            return redirect("workspaces:profile")
    return profile_page(request, picture=form)
