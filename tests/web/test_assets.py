"""What pages load beside themselves comes packed, once, and is kept as long as it is the same."""

import re

import httpx

from node.web import assets
from node.web.languages import folder_of


async def test_pages_name_an_address_that_may_be_kept_for_a_year(quay):
    page = await quay.browser.get("/about")
    address = assets.address_of("archipel.css")
    assert f'href="{address}"' in page.text
    answer = await quay.browser.get(address)
    assert answer.headers["cache-control"] == assets.FOREVER
    assert answer.headers["content-type"].startswith("text/css")
    assert (await quay.browser.get("/static/archipel.css?v=0")).headers[
        "cache-control"
    ] == "public, max-age=3600"


async def test_it_comes_packed_to_who_can_unpack_it(quay):
    packed = await quay.browser.get("/static/archipel.css", headers={"accept-encoding": "gzip, br"})
    plain = await quay.browser.get("/static/archipel.css", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content == (folder_of("static") / "archipel.css").read_bytes()
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


async def test_who_has_it_is_told_so(quay):
    first = await quay.browser.get("/static/icon.svg")
    again = await quay.browser.get("/static/icon.svg", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (httpx.codes.NOT_MODIFIED, b"")


async def test_the_script_is_one_file_whose_parts_share_no_names(quay):
    script = (await quay.browser.get(assets.address_of("archipel.js"))).text
    for part in (folder_of("static") / "parts").glob("*.js"):
        assert f"\n(() => {{\n{part.read_text()}}})();\n" in script


async def test_a_file_that_is_not_there_is_not_found(quay):
    for path in (
        "/static/nothing.css",
        "/static/parts",
        "/static/..%2fpyproject.toml",
        "/static/parts%2fx.js",
    ):
        assert (await quay.browser.get(path)).status_code == httpx.codes.NOT_FOUND, path


def test_stylesheet_and_script_are_light():
    weight = sum(len(assets.assets()[name].packed) for name in ("archipel.css", "archipel.js"))
    assert weight < 40_000


def test_colours_are_tokens():
    """Light and dark differ in tokens alone (docs/design.md)."""
    sheet = (folder_of("static") / "archipel.css").read_text()
    rules = sheet[sheet.index("*, *::before") :]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules) == []
