"""What a member may begin: a thread, a poll, an event. Each is a draft with fields of its own."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from starlette.requests import Request

from node.activities.gathering_drafts import DRAFTS
from node.store.tables.gatherings import Event


def kind_asked(request: Request) -> str:
    """Return which form of words an address asks for; a plain thread unless it names another."""
    kind = request.query_params.get("kind", "thread")
    return kind if kind in DRAFTS else "thread"


def query_of(kind: str) -> str:
    """Return what names the kind in the address of a form."""
    return "" if kind == "thread" else f"?kind={kind}"


def typed_event(event: Event) -> dict[str, str]:
    """Return an event as its form would have been typed."""
    zone = ZoneInfo(event.timezone or "Etc/UTC")
    return {
        "starts": event.starts_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
        "ends": event.ends_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if event.ends_at else "",
        "timezone": zone.key,
        "place": event.place,
        "address": event.address,
        "online_url": event.online_url or "",
        "join_mode": event.join_mode,
        "external_url": event.external_url or "",
        "capacity": str(event.capacity or ""),
        "status": event.status,
    }
