"""Error pages that Django asks for by name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    # To a script it is as if nobody were signed in: it has sent the newest token there is, and there is none.
    status = 401 if request.headers.get("HX-Request") else 403
    return render(request, "403_csrf.html", status=status)
