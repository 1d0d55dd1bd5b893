"""What the operator chooses: `ARCHIPEL_*` variables, then an optional TOML file, then safe defaults.

One value is required in production: `ARCHIPEL_URL`, the public address. `ARCHIPEL_DEVELOPMENT=1` alone
allows http, ports and peers on loopback.
"""

from __future__ import annotations

import os
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from node.errors import Misconfigured

VERSION = version("archipel")  # read once: it stands in a file
HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$")
KIB = 1024
MIB = 1024 * 1024
SHORTEST_TOKEN = 16  # characters
SHORTEST_KEPT = 30  # days


class Settings(BaseSettings):
    """All that may be set; frozen once read. Durations are in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(
        env_prefix="ARCHIPEL_",
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        toml_file=None,
        hide_input_in_errors=True,
    )
    toml_path: ClassVar[Path | None] = None

    url: str = Field(default="", description="Public address of the node, such as https://community.example")
    development: bool = Field(
        default=False, description="Allow http, ports and loopback peers; never in production"
    )
    name: str = Field(default="Archipel", max_length=100, description="The node's name, as people read it")
    description: str = Field(default="", max_length=500, description="One paragraph about the node")
    language: str = Field(
        default="en", pattern="^(en|fr)$", description="Language of visitors who state none"
    )

    database: str = Field(default="", description="Database URL; an SQLite file in `data` when empty")
    database_connections: int = Field(
        default=10, ge=2, description="Most connections of one process to PostgreSQL, beside one that listens"
    )
    data: Path = Field(default=Path("data"), description="Folder of the database and uploads")
    keys: Path = Field(default=Path("keys"), description="Folder of the node's secrets, mode 0700")

    listen: str = Field(default="127.0.0.1", description="Address to listen on, or unix:/path/to/socket")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on")
    trusted_proxies: str = Field(
        default="127.0.0.1", description="Addresses whose X-Forwarded-For is believed, comma-separated"
    )

    requests_open: int = Field(
        default=400,
        ge=1,
        description="Requests that one process answers at a time; more are told to come again (503, Retry-After)",
    )

    live_streams: int = Field(
        default=200,
        ge=0,
        description="Readers whom one process tells of new comments at a time, of those in ARCHIPEL_REQUESTS_OPEN; 0: none",
    )

    registrations: str = Field(
        default="open", pattern="^(open|closed)$", description="Whether visitors may sign up"
    )
    group_founding: str = Field(
        default="members", pattern="^(members|administrators)$", description="Who may found a group"
    )

    invitations: str = Field(
        default="members",
        pattern="^(members|administrators)$",
        description="Who may invite newcomers by a link, which also opens a node that takes none otherwise",
    )

    search_engines: str = Field(
        default="open",
        pattern="^(open|closed)$",
        description="Whether search engines may keep public pages of people and groups who agree",
    )

    metrics_token: str = Field(
        default="",
        repr=False,
        description="Bearer token for /metrics, 16 characters or more; without one there is no such page",
    )

    authorized_fetch: bool = Field(
        default=False,
        description="Give documents only to servers that sign their requests, so that blocked ones read nothing",
    )

    document_cache: int = Field(
        default=16 * MIB, ge=0, description="Documents kept in memory by each process that serves; 0: none"
    )

    max_body: int = Field(default=MIB, ge=KIB, description="Largest inbox body and fetched document")
    inbox_timeout: float = Field(default=10, gt=0, description="Whole inbox request")
    connect_timeout: float = Field(default=5, gt=0)
    first_byte_timeout: float = Field(default=8, gt=0)
    fetch_timeout: float = Field(default=15, gt=0, description="Whole fetch, redirects included")
    delivery_timeout: float = Field(
        default=30, gt=0, description="Whole delivery of one activity to one peer"
    )
    max_redirects: int = Field(default=3, ge=0)
    fetches_per_activity: int = Field(default=10, ge=1)
    fetches_per_host: int = Field(default=4, ge=1, description="Open fetches to one host at a time")
    fetches_open: int = Field(default=64, ge=1, description="Open fetches at a time")
    deliveries_open: int = Field(
        default=128, ge=1, description="Peers that one process delivers to at a time"
    )
    deliveries_per_peer: int = Field(
        default=4,
        ge=1,
        le=32,
        description="Activities on their way to one peer at a time, in the order that matters",
    )
    backfill_limit: int = Field(
        default=200, ge=0, description="Objects fetched for a group's first subscription"
    )
    activity_days: int = Field(default=30, ge=1, description="How long sent activities can be fetched by id")
    log_entries: int = Field(
        default=500_000,
        ge=1000,
        description="Most sent activities kept, about 3 KB each; for a lane that runs, up to twice as many",
    )
    arrival_days: int = Field(
        default=30, ge=14, description="How long arrivals are kept to recognise repeats"
    )
    arrival_body_days: int = Field(
        default=3, ge=1, description="How long it is kept what a handled arrival said, to look into problems"
    )
    dead_letter_days: int = Field(
        default=90, ge=14, description="How long dead letters are kept; never more than 10,000 of them"
    )
    notification_days: int = Field(
        default=90, ge=7, description="How long members keep notifications they have seen; others for a year"
    )
    remote_days: int = Field(
        default=365,
        ge=0,
        description="How long quiet threads from elsewhere are kept in which nobody here took part, of groups and people that nobody here follows any more, and those of whom nothing is left; 0: for ever",
    )
    media_per_member: int = Field(
        default=500 * MIB,
        ge=0,
        description="Room for the pictures and files of one member; 0: members bring none",
    )
    far_media_bytes: int = Field(
        default=2 * 1024 * MIB,
        ge=0,
        description="Room for pictures of other servers, kept for a while; 0: they are links and nothing is fetched",
    )
    far_media_days: int = Field(
        default=30,
        ge=1,
        description="How long pictures of other servers are kept before they are asked for anew",
    )
    media_bucket: str = Field(
        default="", description="Bucket of an S3-compatible store for files; a folder in `data` when empty"
    )
    media_endpoint: str = Field(default="", description="Address of that store, when it is not Amazon's")
    media_region: str = Field(default="us-east-1", description="Region of that store")
    media_key_id: str = Field(default="", description="Name of the key to that store")
    media_key: str = Field(default="", repr=False, description="The key itself")

    requests_per_minute: int = Field(
        default=1200, ge=1, description="Inbox requests a minute from one peer before 429"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, TOML file."""
        del dotenv_settings, file_secret_settings
        sources: tuple[PydanticBaseSettingsSource, ...] = (init_settings, env_settings)
        if cls.toml_path is not None:
            sources += (TomlConfigSettingsSource(settings_cls, toml_file=cls.toml_path),)
        return sources

    @field_validator("url")
    @classmethod
    def _canonical_url(cls, value: str) -> str:
        return value.strip().rstrip("/")

    @field_validator("metrics_token")
    @classmethod
    def _hard_to_guess(cls, value: str) -> str:
        if value and (len(value) < SHORTEST_TOKEN or not value.isascii() or value.split() != [value]):
            raise ValueError(f"must have at least {SHORTEST_TOKEN} characters, ASCII, without blanks")
        return value

    @model_validator(mode="after")
    def _whole_bucket(self) -> Settings:
        if self.media_bucket and not (self.media_key_id and self.media_key):
            raise ValueError("media_bucket needs media_key_id and media_key beside it")
        return self

    @field_validator("remote_days")
    @classmethod
    def _not_by_mistake(cls, value: int) -> int:
        if 0 < value < SHORTEST_KEPT:
            raise ValueError(f"must be 0 or at least {SHORTEST_KEPT}")
        return value

    @model_validator(mode="after")
    def _public_address(self) -> Settings:
        if not self.url:
            message = "is required: the public address of this node, such as https://community.example"
            raise ValueError(f"url {message}")
        parts = urlsplit(self.url)
        if parts.path or parts.query or parts.fragment or "@" in parts.netloc or not parts.hostname:
            raise ValueError("url must be scheme and host alone, such as https://community.example")
        if not HOST.match(parts.hostname) or parts.netloc != parts.netloc.lower():
            raise ValueError("url needs a lower-case ASCII host name (write an IDN in its xn-- form)")
        if self.development:
            if parts.scheme not in {"http", "https"}:
                raise ValueError("url must begin with http:// or https://")
        elif parts.scheme != "https" or parts.port is not None:
            raise ValueError(
                "url must be https:// without a port; http and ports need ARCHIPEL_DEVELOPMENT=1, for trying at home"
            )
        return self

    @property
    def home(self) -> str:
        """Scheme and host of the actors that this node founds: the origin of their ids."""
        return self.url

    @property
    def host(self) -> str:
        """Authority of the public address: the part after @ in handles."""
        return urlsplit(self.url).netloc

    @property
    def secure(self) -> bool:
        """Whether browsers reach the node over TLS."""
        return self.url.startswith("https://")

    @property
    def database_url(self) -> str:
        """URL for the async engine."""
        if self.database:
            return self.database.replace("postgres://", "postgresql://", 1).replace(
                "postgresql://", "postgresql+asyncpg://", 1
            )
        return f"sqlite+aiosqlite:///{self.data / 'archipel.db'}"


def read_settings(config: Path | None = None, **overrides: Any) -> Settings:
    """Read the settings, or raise Misconfigured naming each wrong value and what would be right.

    config: a TOML file; `archipel.toml` in the current folder when it exists and None is given.
    """
    path = config or (Path("archipel.toml") if Path("archipel.toml").is_file() else None)
    if config is not None and not config.is_file():
        raise Misconfigured(f"There is no settings file at {config}. Create it, or leave --config out.")
    source = type("SettingsFromFile", (Settings,), {"toml_path": path, "__module__": __name__})
    try:
        settings: Settings = source(**overrides)
    except ValidationError as error:
        raise Misconfigured("\n".join(_explain(error))) from error
    return settings


def unknown_variables() -> list[str]:
    """Name the `ARCHIPEL_*` variables that mean nothing to us: most likely misspelt."""
    known = {f"ARCHIPEL_{name.upper()}" for name in Settings.model_fields} | {"ARCHIPEL_CONFIG"}
    return sorted(
        name
        for name in os.environ  # noqa: TID251 -- this module owns the environment
        if name.startswith("ARCHIPEL_") and not name.startswith("ARCHIPEL_TEST_") and name not in known
    )


def _explain(error: ValidationError) -> list[str]:
    lines = []
    for one in error.errors():
        reason = one["msg"].removeprefix("Value error, ")
        name = "_".join(str(part) for part in one["loc"])
        if not name:  # the whole-object check names its field first
            name, _, reason = reason.partition(" ")
        field = Settings.model_fields.get(name)
        hint = f" ({field.description})" if field is not None and field.description else ""
        lines.append(f"ARCHIPEL_{name.upper()}: {reason}{hint}")
    return lines
