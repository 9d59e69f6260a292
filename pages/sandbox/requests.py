"""A request as Graph sees it: parameters from the address, a JSON or form body, and files."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from pages.sandbox.errors import GraphError

Json = dict[str, Any]


@dataclass(slots=True)
class File:
    name: str
    mime_type: str
    data: bytes


@dataclass(slots=True)
class Request:
    method: str
    path: str
    query: str = ""
    content_type: str = ""
    authorization: str = ""
    host: str = ""
    body: bytes = b""
    parameters: Json = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    # What stands behind the addresses it names, once somebody has looked.
    fetched: dict[str, File | None] = field(default_factory=dict)

    def read(self) -> None:
        if self.query:
            self.parameters.update(parse_qsl(self.query, keep_blank_values=True))
        if not self.body:
            return
        kind = self.content_type.partition(";")[0].strip().lower()
        if kind == "application/json":
            self.parameters.update(self.read_json())
        elif kind == "application/x-www-form-urlencoded":
            fields = parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)
            self.parameters.update((name, structured(value)) for name, value in fields)
        elif kind == "multipart/form-data":
            self.read_multipart()

    def read_json(self) -> Json:
        try:
            value = json.loads(self.body)
        except ValueError:
            raise GraphError(100, "(#100) The request body is not valid JSON") from None
        if not isinstance(value, dict):
            raise GraphError(100, "(#100) The request body must be a JSON object")
        return value

    def read_multipart(self) -> None:
        boundary = self.content_type.partition("boundary=")[2].split(";")[0].strip().strip('"')
        for part in self.body.split(b"--" + boundary.encode())[1:-1]:
            head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            data = data.removesuffix(b"\r\n")
            headers = part_headers(head.decode("utf-8", "replace"))
            disposition = headers.get("content-disposition", "")
            name = attribute(disposition, "name")
            if 'filename="' in disposition or "filename*=" in disposition:
                mime_type = headers.get("content-type", "application/octet-stream")
                self.files[name] = File(attribute(disposition, "filename"), mime_type, data)
            else:
                self.parameters[name] = structured(data.decode("utf-8", "replace"))

    @property
    def token(self) -> str:
        scheme, _, value = self.authorization.partition(" ")
        given = value.strip() if scheme in {"Bearer", "OAuth"} else self.parameters.get("access_token", "")
        return str(given)


def structured(value: str) -> Any:
    """Forms carry objects as JSON text."""
    if value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def part_headers(head: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.split("\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def attribute(disposition: str, name: str) -> str:
    for part in disposition.split(";")[1:]:
        key, _, value = part.strip().partition("=")
        if key == name:
            return value.strip('"')
        if key == f"{name}*":
            return unquote(value.partition("''")[2])
    return ""
