"""What every template may name."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "site": {
            "name": "Switchboard",
            "public_url": settings.PUBLIC_URL,
            "base_domain": settings.BASE_DOMAIN,
            "port_suffix": settings.PORT_SUFFIX,
            "debug": settings.DEBUG,
        }
    }
