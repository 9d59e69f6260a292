"""Meta's way of saying no."""

from __future__ import annotations

import base64
import os
from typing import Any

Json = dict[str, Any]


class GraphError(Exception):
    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        status: int = 400,
        kind: str = "OAuthException",
        details: str = "",
        transient: bool = False,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.subcode, self.status = code, message, subcode, status
        self.kind, self.details, self.transient = kind, details, transient

    def body(self, trace: str) -> Json:
        error: Json = {"message": self.message, "type": self.kind, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.transient:
            error["is_transient"] = True
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        return {"error": {**error, "fbtrace_id": trace}}


def new_trace() -> str:
    return "A" + base64.urlsafe_b64encode(os.urandom(15)).decode()


def invalid(message: str, subcode: int | None = None) -> GraphError:
    return GraphError(100, f"(#100) {message}", subcode=subcode)


def missing_object(name: str, method: str = "GET") -> GraphError:
    verb = method.lower() if method in {"GET", "POST", "DELETE"} else "get"
    message = (
        f"Unsupported {verb} request. Object with ID '{name}' does not exist, cannot be loaded due to missing"
        " permissions, or does not support this operation. Please read the Graph API documentation at"
        " https://developers.facebook.com/docs/graph-api"
    )
    return GraphError(100, message, subcode=33, kind="GraphMethodException")


def no_permission(code: int, scope: str) -> GraphError:
    if code == 200:
        return GraphError(200, f"(#200) Requires {scope} permission to manage the object")
    return GraphError(code, f"(#{code}) Application does not have permission for this action: {scope}")


WHATSAPP_TITLES = {
    4: "Application request limit reached",
    10: "Application does not have permission for this action",
    80007: "Rate limit issues",
    130429: "Rate limit hit",
    131000: "Something went wrong",
    131005: "Access denied",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131016: "Service unavailable",
    131021: "Recipient cannot be sender",
    131026: "Message undeliverable",
    131030: "Recipient phone number not in allowed list",
    131031: "Business Account locked",
    131042: "Business eligibility payment issue",
    131047: "Re-engagement message",
    131048: "Spam rate limit hit",
    131049: "This message was not delivered to maintain healthy ecosystem engagement",
    131050: "User has stopped marketing messages from your business",
    131051: "Unsupported message type",
    131052: "Media download error",
    131053: "Media upload error",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    131057: "Account in maintenance mode",
    132000: "Number of parameters does not match the expected number of params",
    132001: "Template name does not exist in the translation",
    132015: "Template is paused",
    133010: "Account not registered",
}
WHATSAPP_STATUS = {131000: 500, 131016: 500, 131005: 403, 131031: 403, 131057: 500, 132001: 404, 133004: 503}


def whatsapp_error(code: int, details: str = "") -> GraphError:
    title = WHATSAPP_TITLES.get(code, "Something went wrong")
    return GraphError(code, f"(#{code}) {title}", status=WHATSAPP_STATUS.get(code, 400), details=details or title)
