"""A server that is not ours, in one object: serves actors and posts, signs what it sends, keeps what it gets.

It speaks as Mastodon does: no audience, mentions in `tag`, favourites to the author alone. Signatures are
made by `keyshop`, not by the product.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.support import keyshop
from tests.support.archipelago import Archipelago, Island

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]


@dataclass
class Stranger:
    """One server of another make, in the sea of a test."""

    sea: Archipelago
    host: str
    software: str = "mastodon"
    documents: dict[str, Any] = field(default_factory=dict)  # iri -> JSON, or a status
    received: list[dict[str, Any]] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)  # iri -> name in the key shop
    serial: int = 0
    etags: dict[str, str] = field(default_factory=dict)  # iri -> the name of its version
    answered: list[tuple[str, int]] = field(default_factory=list)  # what was asked for, and the status

    def __post_init__(self) -> None:
        self.sea.chart.apps[self.host] = self

    @property
    def home(self) -> str:
        return f"https://{self.host}"

    def person(self, name: str, *, key: str = "alice", kind: str = "Person", **more: Any) -> str:
        """Add an account; returns its iri."""
        iri = f"{self.home}/users/{name}"
        self.accounts[iri] = key
        self.documents[iri] = {
            "@context": CONTEXT,
            "id": iri,
            "type": kind,
            "preferredUsername": name,
            "name": name.title(),
            "inbox": f"{iri}/inbox",
            "outbox": f"{iri}/outbox",
            "followers": f"{iri}/followers",
            "url": f"{self.home}/@{name}",
            "endpoints": {"sharedInbox": f"{self.home}/inbox"},
            "publicKey": {"id": f"{iri}#main-key", "owner": iri, "publicKeyPem": keyshop.public_pem(key)},
            **more,
        }
        return iri

    def note(self, author: str, text: str, *, serve: bool = True, **more: Any) -> dict[str, Any]:
        """Write a Note; with *serve* it can be fetched."""
        self.serial += 1
        iri = f"{author}/statuses/{self.serial}"
        note = {
            "id": iri,
            "type": "Note",
            "attributedTo": author,
            "content": f"<p>{text}</p>",
            "published": self.sea.clock.now().isoformat().replace("+00:00", "Z"),
            "to": [PUBLIC],
            "cc": [f"{author}/followers"],
            "url": iri.replace("/users/", "/@"),
            "tag": [],
            **more,
        }
        if serve:
            self.documents[iri] = {"@context": CONTEXT[0], **note}
        return note

    def activity(self, kind: str, actor: str, thing: Any, **more: Any) -> dict[str, Any]:
        """Write an activity with a fresh id."""
        self.serial += 1
        return {
            "@context": CONTEXT[0],
            "id": f"{actor}#{kind.lower()}s/{self.serial}",
            "type": kind,
            "actor": actor,
            "object": thing,
            **more,
        }

    def create(self, note: dict[str, Any], **more: Any) -> dict[str, Any]:
        return self.activity(
            "Create",
            note["attributedTo"],
            note,
            to=note["to"],
            cc=note["cc"],
            published=note["published"],
            **more,
        )

    def collection(self, iri: str, items: list[Any], **more: Any) -> str:
        """Serve a flat collection; returns its iri."""
        listed = {"id": iri, "type": "OrderedCollection", "totalItems": len(items), "orderedItems": items}
        self.documents[iri] = {"@context": CONTEXT[0], **listed, **more}
        return iri

    def paged(self, iri: str, pages: list[list[Any]], **more: Any) -> str:
        """Serve a collection in pages, with the way back; returns its iri."""
        total = sum(len(page) for page in pages)
        names = [f"{iri}/page{number}" for number in range(len(pages))]
        head = {"totalItems": total, "first": names[0], "last": names[-1], **more}
        self.documents[iri] = {"id": iri, "type": "OrderedCollection", **head}
        for number, items in enumerate(pages):
            page = {
                "id": names[number],
                "type": "OrderedCollectionPage",
                "partOf": iri,
                "orderedItems": items,
            }
            if number:
                page["prev"] = names[number - 1]
            if number + 1 < len(pages):
                page["next"] = names[number + 1]
            self.documents[names[number]] = page
        return iri

    async def send(
        self, island: Island, activity: dict[str, Any], *, signer: str | None = None, path: str = "/inbox"
    ) -> int:
        """Deliver, signed by the activity's actor or by *signer*; returns the answer's status."""
        signer = signer or activity["actor"]
        body = json.dumps(activity).encode()
        url = f"https://{island.host}{path}"
        headers = keyshop.sign(self.accounts[signer], f"{signer}#main-key", url, body, self.sea.clock.now())
        request = httpx.Request("POST", url, headers=headers, content=body)
        response = await httpx.ASGITransport(app=island.app).handle_async_request(request)
        return response.status_code

    def got(self, kind: str) -> list[dict[str, Any]]:
        """What arrived here of that type."""
        return [one for one in self.received if one["type"] == kind]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer as a server does."""
        assert scope["type"] == "http"
        if scope["method"] == "POST":
            body = b""
            while True:
                event = await receive()
                body += event.get("body", b"")
                if not event.get("more_body"):
                    break
            self.received.append(json.loads(body))
            await _answer(send, 202, "application/json", {})
            return
        path = scope["path"]
        status, kind, document = self._find(path, scope["query_string"].decode())
        etag = self.etags.get(self.home + path)
        if status == 200 and etag and dict(scope["headers"]).get(b"if-none-match") == etag.encode():
            status = 304
        self.answered.append((self.home + path, status))
        await _answer(send, status, kind, document, etag)

    def _find(self, path: str, query: str) -> tuple[int, str, Any]:
        if path == "/.well-known/nodeinfo":
            links = [
                {
                    "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0",
                    "href": f"{self.home}/nodeinfo/2.0",
                }
            ]
            return 200, "application/json", {"links": links}
        if path == "/nodeinfo/2.0":
            return (
                200,
                "application/json",
                {"version": "2.0", "software": {"name": self.software, "version": "1"}},
            )
        if path == "/.well-known/webfinger":
            return self._webfinger(parse_qs(query).get("resource", [""])[0])
        found = self.documents.get(self.home + path)
        if isinstance(found, int):
            return found, "application/activity+json", {}
        return (200 if found else 404), "application/activity+json", found or {}

    def _webfinger(self, resource: str) -> tuple[int, str, Any]:
        name, _, host = resource.removeprefix("acct:").partition("@")
        iri = f"{self.home}/users/{name}"
        if host != self.host or iri not in self.documents:
            return 404, "application/json", {}
        links = [{"rel": "self", "type": "application/activity+json", "href": iri}]
        return 200, "application/jrd+json", {"subject": f"acct:{name}@{host}", "links": links}


async def _answer(send: Any, status: int, kind: str, document: Any, etag: str | None = None) -> None:
    body = json.dumps(document).encode() if status != 304 else b""
    headers = [(b"content-type", kind.encode()), *([(b"etag", etag.encode())] if etag else [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def mention(iri: str) -> dict[str, str]:
    """The tag that names somebody."""
    parts = urlsplit(iri)
    return {"type": "Mention", "href": iri, "name": f"@{parts.path.rsplit('/', 1)[-1]}@{parts.netloc}"}
