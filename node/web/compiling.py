"""Templates that are compiled for one language: what is said always alike is text by then.

A page of a hundred comments says thousands of sentences without a gap to fill ("Reply", "Save", "Vote up"). Asked for while
the page is written they took a third of its time; known beforehand each becomes part of the text around it.
"""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

SAYS = ("_", "gettext")


class Speaking(Environment):
    """An environment whose templates know their sentences. catalogue: the translations of one language."""

    def __init__(self, catalogue: Any, **options: Any) -> None:
        super().__init__(extensions=["jinja2.ext.i18n"], **options)
        self.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
        self._said = _Said(catalogue)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        """Compile a template: Jinja's own place for changing how."""
        return super()._generate(self._said.visit(source), name, filename, defer_init)


class _Said(NodeTransformer):
    """Puts words of the language in the place of calls that ask for them, when no gap is to be filled."""

    def __init__(self, catalogue: Any) -> None:
        self._catalogue = catalogue

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802 -- Jinja's name
        """Return a call as it is, or the sentence that it would say."""
        self.generic_visit(call)
        asks = isinstance(call.node, nodes.Name) and call.node.name in SAYS
        plain = len(call.args) == 1 and not (call.kwargs or call.dyn_args or call.dyn_kwargs)
        sentence = call.args[0] if asks and plain else None
        if not isinstance(sentence, nodes.Const):
            return call
        said = self._catalogue.gettext(sentence.value) % {}  # "%%" is one "%", as where gaps are filled
        return nodes.TemplateData(said, lineno=call.lineno)
