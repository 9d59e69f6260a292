"""The application that is measured: one middleware or none, and views that do nothing or ask the database once."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

# Without it the answer is sent in chunks.
LENGTH = {"Content-Length": "2"}


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", headers=LENGTH)


def one_query(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return HttpResponse(f"{cursor.fetchone()[0]:2}", headers=LENGTH)


urlpatterns = [path("", empty), path("query/", one_query)]

django.setup()
settings.MIDDLEWARE = [os.environ["BENCH_MIDDLEWARE"]] if os.environ["BENCH_MIDDLEWARE"] else []
settings.ROOT_URLCONF = settings.PUBLIC_SCHEMA_URLCONF = "bench._web"
application = WSGIHandler()
