"""What may be changed while it runs, through POST /_sandbox/settings."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass
class Settings:
    # Every answer of the Graph comes so much later.
    latency_ms: int = 0
    # Each webhook may come twice, or later than those after it.
    duplicate_rate: float = 0.0
    reorder_rate: float = 0.0
    # What customers' devices do by themselves: "none", "delivered" or "read".
    receipts: str = "delivered"
    receipt_delay_ms: int = 0
    webhook_tries: int = 50
    webhook_timeout: float = 5.0
    webhook_first_pause: float = 0.5
    # Pair rate, throughput, messages per second.
    limits: bool = True
    # Percent, as the usage headers say it.
    usage: int = 1
    # Whether an attachment given by URL is really fetched.
    fetch_links: bool = True
    media_url_seconds: int = 300
    # Added to the present, so that windows close and tokens end.
    clock_shift_seconds: int = 0

    def change(self, values: dict[str, Any]) -> None:
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in values.items():
            kind = kinds.get(name)
            if kind is None:
                raise ValueError(f"there is no setting {name}; there are {', '.join(kinds)}")
            if not (isinstance(value, kind) or (kind is float and type(value) is int)):
                raise ValueError(f"{name} must be a {kind.__name__}")
        for name, value in values.items():
            setattr(self, name, kinds[name](value))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
