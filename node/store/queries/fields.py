"""Fields of a profile, as the column `actors.fields` keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

FIELDS = 6  # of one of ours
FIELDS_KEPT = 12  # of somebody elsewhere
NAME_LENGTH = 100  # characters
VALUE_LENGTH = 500  # characters, as typed


@dataclass(frozen=True, slots=True)
class ProfileField:
    """A line about somebody, such as their website.

    value: HTML. source: what a member typed; empty for somebody elsewhere. verified_at: when the page that
    *source* names last led back to the profile; ISO 8601, empty when it never did or does no longer.
    """

    name: str
    value: str
    source: str = ""
    verified_at: str = ""

    @property
    def address(self) -> str:
        """The page that it names, to be checked; empty when it names none."""
        is_page = self.source.startswith("https://") and not any(one.isspace() for one in self.source)
        return self.source if is_page else ""

    @property
    def verified(self) -> datetime | None:
        """When the page last led back."""
        return datetime.fromisoformat(self.verified_at) if self.verified_at else None

    def marked(self, at: datetime | None) -> ProfileField:
        """Return it as verified at that moment, or as not verified."""
        return replace(self, verified_at=at.isoformat(timespec="seconds") if at else "")


def read_fields(kept: str) -> tuple[ProfileField, ...]:
    """Return the fields that a row keeps."""
    return tuple(ProfileField(**one) for one in json.loads(kept)) if kept else ()


def write_fields(fields: Iterable[ProfileField]) -> str:
    """Return the fields as a row keeps them; empty for none."""
    found = [asdict(one) for one in fields]
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) if found else ""
