"""What every template may name."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return {
        "site": {
            "name": "Switchboard",
            "public_url": settings.PUBLIC_URL,
            "base_domain": settings.BASE_DOMAIN,
            "port_suffix": port,
            "debug": settings.DEBUG,
        }
    }
