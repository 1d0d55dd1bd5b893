"""Sentences of templates are said when they are compiled."""

from __future__ import annotations

import pytest

from node.web.compiling import Speaking
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
