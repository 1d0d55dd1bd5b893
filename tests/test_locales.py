"""Every sentence that a person reads is in every catalogue, and every catalogue holds nothing else.

python -m tests.test_locales     prints, as entries to fill in, what the catalogues lack
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PYTHON = (
    "node/web/*.py",
    "node/web/pages/*.py",
    "node/local/*.py",
    "node/outbox/lanes.py",
    "node/activities/*.py",
    "node/store/queries/*.py",
    "node/store/objects.py",
    "node/pictures/*.py",
    "node/inbox/cards.py",
    "node/inbox/picturing.py",
    "node/inbox/scheduled.py",
    "node/inbox/starting.py",
    "node/network/*.py",
)
REFUSALS = "Refused Malformed Unauthenticated Forbidden NotFound Conflict Gone TooLarge UnsupportedMedia TooMany WrongMethod Broken Unavailable"
KEYWORDS = {"mark": None, "Limit": (3,)} | dict.fromkeys(REFUSALS.split())
# ValueErrors of forms and drafts stand beside a field.
FORMS = KEYWORDS | {"ValueError": None}
TEMPLATES = {
    "gettext": None,
    "_": None,
    "ngettext": (1, 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")


def extracted() -> Catalog:
    catalog = Catalog(project="Archipel", locale="en", charset="utf-8")
    for name, line, message, comments in _messages():
        catalog.add(message, locations=[(name, line)], auto_comments=comments)
    return catalog


def _messages() -> Iterator[tuple[str, int, object, list[str]]]:
    for pattern in PYTHON:
        for path in sorted(ROOT.glob(pattern)):
            keywords = FORMS if path.stem.endswith("drafts") else KEYWORDS
            for line, message, comments, _ in extract_from_file("python", path, keywords=keywords):
                yield str(path.relative_to(ROOT)), line, message, comments
    for path in sorted((ROOT / "templates").rglob("*.html")):
        options = {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}
        found = extract_from_file("jinja2.ext:babel_extract", path, keywords=TEMPLATES, options=options)
        for line, message, comments, _ in found:
            yield str(path.relative_to(ROOT)), line, message, comments


def catalogue(language: str) -> Catalog:
    with (ROOT / "locales" / language / "LC_MESSAGES" / "archipel.po").open("rb") as source:
        return read_po(source, locale=language)


def ids(catalog: Catalog) -> set[str]:
    return {_first(message.id) for message in catalog if message.id}


def _first(text: str | list[str] | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]


def _forms(text: str | list[str] | tuple[str, ...]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


@pytest.fixture(scope="module")
def said() -> Catalog:
    return extracted()


def test_the_sources_say_something(said):
    assert len(ids(said)) > 200
    assert "Write a thread" in ids(said)
    assert "Nobody posts in another's name." in ids(said)
    assert "Give the thread a title." in ids(said)


@pytest.mark.parametrize("language", ["fr"])
class TestACatalogue:
    def test_lacks_nothing(self, said, language):
        kept = catalogue(language)
        done = {_first(one.id) for one in kept if one.id and all(_forms(one.string))}
        assert sorted(ids(said) - done) == []

    def test_holds_nothing_that_is_no_longer_said(self, said, language):
        kept = catalogue(language)
        assert sorted(ids(kept) - ids(said)) == []
        assert not kept.obsolete

    def test_has_nothing_fuzzy(self, language):
        assert [one.id for one in catalogue(language) if one.fuzzy and one.id] == []

    def test_has_every_plural_form(self, said, language):
        kept = catalogue(language)
        for message in said:
            if isinstance(message.id, str):
                continue
            translated = kept.get(message.id[0])
            assert isinstance(translated.string, tuple), message.id
            assert len(translated.string) == kept.num_plurals

    def test_keeps_the_placeholders(self, language):
        for message in catalogue(language):
            if not message.id:
                continue
            wanted = set(PLACEHOLDER.findall(_forms(message.id)[-1]))
            for form in _forms(message.string):
                assert set(PLACEHOLDER.findall(form)) == wanted, message.id
                assert form.count("%") == len(re.findall(r"%\(\w+\)s|%%", form)) or "%" not in str(message.id)

    def test_speaks_french_typography(self, language):
        """A space that does not break stands before : ; ! ? and inside the quotation marks."""
        wrong = re.compile(r"[^\s\u00a0\u202f/!a-z][!?;](?:\s|$)| [:;!?»](?:\s|$)|« ")
        for message in catalogue(language):
            for form in _forms(message.string):
                if message.id:
                    assert not wrong.search(form), form


def missing(language: str) -> Catalog:
    kept = catalogue(language)
    done = {_first(one.id) for one in kept if one.id and all(_forms(one.string))}
    lacking = Catalog(locale=language)
    for message in extracted():
        if message.id and _first(message.id) not in done:
            lacking.add(message.id, locations=message.locations)
    return lacking


if __name__ == "__main__":
    write_po(sys.stdout.buffer, missing("fr"), omit_header=True)
