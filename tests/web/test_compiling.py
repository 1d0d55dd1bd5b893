"""Sentences of templates are said when they are compiled."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from jinja2 import DictLoader

from node.web.compiling import Speaking, kept
from node.web.languages import words
from node.web.rendering import environment


class Refusing:
    """A catalogue that says every sentence once, when it is compiled, and none while a page is written."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def gettext(self, sentence: str) -> str:
        self.asked.append(sentence)
        return f"[{sentence}]"

    def ngettext(self, one: str, many: str, n: int) -> str:
        return one if n == 1 else many


def test_a_sentence_without_a_gap_is_part_of_the_text():
    catalogue = Refusing()
    template = Speaking(catalogue, autoescape=True).from_string(
        '<b title="{{ _("Save") }}">{{ _("Saved") if kept else _("Save") }}</b>'
    )
    asked = len(catalogue.asked)
    assert asked == 3
    assert template.render(kept=False) == '<b title="[Save]">[Save]</b>'
    assert template.render(kept=True) == '<b title="[Save]">[Saved]</b>'
    assert len(catalogue.asked) == asked, "nothing is asked for while the page is written"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('{{ _("%(n)s%% of 100%%", n=5) }}', "[5% of 100%]"),
        ('{{ _("100%%") }}', "[100%]"),
        (
            '{{ _("Mine & yours") }}',
            "[Mine & yours]",
        ),  # catalogues are ours, and hold HTML where they mean it
        ('{{ _("To %(who)s", who="<i>") }}', "[To &lt;i&gt;]"),
        ('{% set who = _("Somebody") %}{{ who ~ "<i>" }}', "[Somebody]&lt;i&gt;"),
        ("{{ _(name) }}", "[given]"),
        ('{{ ngettext("%(n)s bee", "%(n)s bees", 2, n=2) }}', "2 bees"),
    ],
)
def test_what_is_said_is_what_was_said_while_the_page_was_written(source, said):
    assert Speaking(Refusing(), autoescape=True).from_string(source).render(name="given") == said


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_language_has_its_own_words(language):
    said = environment(language).from_string('{{ _("Reply") }}').render()
    assert said == words(language).catalogue.gettext("Reply")


def test_the_languages_differ():
    assert words("en").catalogue.gettext("Reply") != words("fr").catalogue.gettext("Reply")


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """The folder of temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def compiled(sources=(), language="en", words="Hello") -> tuple[str, bool]:
    """Return what a template says in a process of its own, so to speak, and whether it had to be compiled for that."""
    compiling = []

    class Watched(Speaking):
        def _generate(self, source, name, filename, defer_init=False):
            compiling.append(name)
            return super()._generate(source, name, filename, defer_init)

    env = Watched(Refusing(), loader=DictLoader({"page": words}), bytecode_cache=kept(language, sources))
    return env.get_template("page").render(), bool(compiling)


def test_a_template_is_compiled_once_for_all_processes(temporary):
    assert compiled() == ("Hello", True)
    assert compiled() == ("Hello", False)
    assert compiled(words="Goodbye") == ("Goodbye", True), "it has changed"
    assert len(list(temporary.glob("*/*"))) == 1, "no file of what nobody takes stays"


def test_it_is_compiled_anew_for_other_sentences(temporary):
    catalogue = temporary / "archipel.po"
    catalogue.write_text("one")
    assert compiled([catalogue])[1]
    assert not compiled([catalogue])[1]
    catalogue.write_text("another")
    assert compiled([catalogue])[1]
    assert compiled([catalogue], language="fr")[1]


def test_half_a_file_is_none(temporary):
    compiled()
    (file,) = temporary.glob("*/*")
    for length in range(0, file.stat().st_size, 7):
        file.write_bytes(file.read_bytes()[:length])
        assert compiled() == ("Hello", True)
        assert compiled() == ("Hello", False)


def test_a_folder_that_anybody_may_write_to_is_not_used(temporary):
    compiled()
    (folder,) = temporary.iterdir()
    moved = folder.rename(temporary / "moved")
    folder.symlink_to(moved)
    assert kept("en", []) is None
    assert compiled() == ("Hello", True)


def test_without_room_a_page_is_compiled_each_time(temporary, monkeypatch):
    def full(*args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    assert compiled() == ("Hello", True)
    assert compiled() == ("Hello", True)


def test_pages_are_kept():
    assert isinstance(environment("en").bytecode_cache, type(kept("en", [Path(__file__)])))
