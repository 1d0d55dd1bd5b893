"""What a person typed, validated: the only shape in which a page, command or client hands over words."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from node.activitypub.gatherings import Gathering
from node.activitypub.origin import parse_iri
from node.activitypub.vocabulary import MAX_CONTENT, MAX_SUMMARY
from node.errors import Malformed
from node.text.clean import plain_name

TITLE_LENGTH = 200  # characters; peers store 255 (FEDERATION C.2)
DESCRIPTION_LENGTH = 150  # characters; Lemmy's line under a group's name has no room for more

Line = Annotated[str, StringConstraints(strip_whitespace=True)]


class Draft(BaseModel):
    """Common to all drafts: nothing but the named fields gets in (THREATS V104)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(default="", max_length=MAX_CONTENT)  # Markdown

    @field_validator("source")
    @classmethod
    def _tidy(cls, value: str) -> str:
        return value.replace("\r\n", "\n").replace("\x00", "").strip()


class ThreadDraft(Draft):
    """A thread: a title, and words, a link or both."""

    title: Line = Field(min_length=1, max_length=TITLE_LENGTH)
    link_url: Line | None = Field(default=None, max_length=2000)
    language: str | None = Field(default=None, max_length=20)
    sensitive: bool = False
    warning: Line = Field(default="", max_length=300)

    def asked(self, now: datetime) -> Gathering | None:
        """Return what the thread asks of its readers beside an answer: a poll, an event, or nothing."""
        del now
        return None

    @field_validator("title")
    @classmethod
    def _one_line(cls, value: str) -> str:
        value = " ".join(plain_name(value).split())
        if not value:
            raise ValueError("Give the thread a title.")
        return value

    @field_validator("link_url")
    @classmethod
    def _a_web_address(cls, value: str | None) -> str | None:
        if not value:
            return None
        try:
            parse_iri(value, development=True)
        except Malformed as error:
            raise ValueError("A link is a whole web address, such as https://example.org/page.") from error
        return value


class CommentDraft(Draft):
    """A comment: words, and nothing else."""

    source: str = Field(min_length=1, max_length=MAX_CONTENT)

    @field_validator("source")
    @classmethod
    def _said_something(cls, value: str) -> str:
        value = value.replace("\r\n", "\n").replace("\x00", "").strip()
        if not value:
            raise ValueError("Write something first.")
        return value


class CharterDraft(BaseModel):
    """What moderators may say of their group: nothing but the named fields gets in (THREATS V104)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Line = Field(min_length=1, max_length=100)
    description: Line = Field(default="", max_length=DESCRIPTION_LENGTH)
    summary: str = Field(default="", max_length=MAX_SUMMARY)  # Markdown
    posting_restricted: bool = False
    sensitive: bool = False

    @field_validator("title", "description")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(plain_name(value).split())

    @field_validator("title")
    @classmethod
    def _a_title(cls, value: str) -> str:
        if not value:
            raise ValueError("Give the group a title.")
        return value

    @field_validator("summary")
    @classmethod
    def _tidy(cls, value: str) -> str:
        return value.replace("\r\n", "\n").replace("\x00", "").strip()
