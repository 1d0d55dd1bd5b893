"""A browser without scripts: keeps cookies, fills the forms that pages show, and reads pages as a person would."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Self

import httpx
from starlette.applications import Starlette

PASSWORD = "correct horse battery"
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
_addresses = itertools.count(1)


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """What stands in a page: its words, links, forms and every element with its attributes."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(convert_charrefs=True)
        self.response, self.status = response, response.status_code
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.forms: list[Form] = []
        self._words: list[str] = [""]
        self._goes_on = False  # where a word may be broken, it goes on
        self._open: list[str] = []
        self._select = self._area = ""
        self.unbalanced: list[str] = []
        self.feed(response.text)
        self.close()

    @classmethod
    def of(cls, html: str) -> Page:
        """Read a page that was kept."""
        return cls(httpx.Response(200, text=html))

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).split())

    @property
    def links(self) -> list[str]:
        return [
            attributes["href"] for tag, attributes in self.elements if tag == "a" and "href" in attributes
        ]

    def form(self, action: str) -> Form:
        found = sorted(
            (one for one in self.forms if one.action == action), key=lambda one: one.method != "post"
        )
        assert found, f"no form for {action} on this page: {self.text}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self._open.append(tag)
        self._goes_on = tag == "wbr"
        name = attributes.get("name", "")
        if tag == "form":
            self.forms.append(Form(attributes.get("action", ""), attributes.get("method", "get")))
        elif attributes.get("type") in {"checkbox", "radio"} and "checked" not in attributes:
            pass  # what is not ticked is not sent
        elif tag == "input" and self.forms and name:
            self.forms[-1].fields[name] = attributes.get("value", "")
        elif tag == "textarea":
            self._area = name
            self.forms[-1].fields[name] = ""
        elif tag == "select":
            self._select = name
        elif (
            tag == "option"
            and self._select
            and ("selected" in attributes or self._select not in self.forms[-1].fields)
        ):
            self.forms[-1].fields[self._select] = attributes.get("value", "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        if tag == "select":
            self._select = ""
        if not self._open or self._open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if self._area:
            # The line break after the opening tag is the template's, not the writer's.
            self.forms[-1].fields[self._area] += data.removeprefix("\n")
        elif self._goes_on:
            self._words[-1] += data
            self._goes_on = False
        else:
            self._words.append(data)


class Browser:
    """Somebody at one node. Each has an address of their own unless told otherwise."""

    def __init__(self, app: Starlette, home: str, *, address: str = "", **headers: str) -> None:
        address = address or f"198.51.{next(_addresses) % 250}.7"
        transport = httpx.ASGITransport(app=app, client=(address, 1234))
        self.client = httpx.AsyncClient(
            transport=transport, base_url=home, headers={"accept": "text/html", **headers}
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    async def get(self, path: str) -> Page:
        return Page(await self.client.get(path))

    async def send(self, path: str, data: dict[str, Any], **headers: str) -> Page:
        """Send a form as it is, token or not, and stay where the answer is."""
        return Page(await self.client.post(path, data=data, headers=headers))

    async def submit(self, path: str, data: dict[str, Any] | None = None, *, on: str = "") -> Page:
        """Open the page *on* (the form's own address by default), fill its form for *path*, and send it."""
        page = await self.get(on or path)
        form = page.form(path)
        assert form.method == "post", path
        return await self.send(path, form.fields | (data or {}))

    async def follow(self, page: Page) -> Page:
        """Go where an answer leads."""
        assert page.status == 303, (page.status, page.text)
        return await self.get(page.response.headers["location"])

    async def signs_up(self, name: str, password: str = PASSWORD) -> Browser:
        page = await self.submit("/sign-up", {"name": name, "password": password})
        assert page.status == 303, page.text
        return self

    async def signs_in(self, name: str, password: str = PASSWORD) -> Page:
        return await self.submit("/sign-in", {"name": name, "password": password})

    async def founds(self, name: str, **fields: str) -> Page:
        page = await self.submit("/groups/new", {"name": name, "title": name.title(), **fields})
        assert page.status == 303, page.text
        return page

    async def writes(self, group: str, title: str, **fields: str) -> str:
        """Begin a thread; returns its address."""
        page = await self.submit(f"/c/{group}/write", {"title": title, "do": "publish", **fields})
        assert page.status == 303, page.text
        return str(page.response.headers["location"])

    async def replies(self, path: str, source: str) -> str:
        """Answer a thread or comment; returns the comment's address."""
        page = await self.submit(f"{path}/reply", {"source": source, "do": "publish"})
        assert page.status == 303, page.text
        return "/comment/" + page.response.headers["location"].rpartition("#c-")[2]
