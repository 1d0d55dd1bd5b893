"""Templates that are compiled for one language, once: what is said always alike is text by then.

A page of a hundred comments says thousands of sentences without a gap to fill ("Reply", "Save", "Vote up"). Asked for while
the page is written they took a third of its time; known beforehand each becomes part of the text around it. What was
compiled is kept for the next process: the front page of a fresh one came a quarter of a second later without.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes
from jinja2.bccache import Bucket, BytecodeCache, FileSystemBytecodeCache
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


def kept(language: str, sources: Iterable[Path]) -> BytecodeCache | None:
    """Return where templates are kept that were compiled for a language: a folder of this account alone, among the temporary files.

    sources: files that have a say in what a template becomes, beside the template. None when there is no such folder to be had.
    """
    digest = sha256(version("jinja2").encode())
    for source in (Path(__file__), *sources):
        digest.update(source.read_bytes())
    with suppress(OSError, RuntimeError):  # a full disk; a folder of that name that is somebody else's
        return _Kept(language, digest.hexdigest())
    return None


class _Kept(FileSystemBytecodeCache):
    """Files that a page can do without, whatever has become of them: one for each template, written over when it changes."""

    def __init__(self, language: str, digest: str) -> None:
        super().__init__(pattern=f"archipel-{language}-%s")
        self._digest = digest

    def get_source_checksum(self, source: str) -> str:
        """Return what must be alike for a file to be taken."""
        return f"{super().get_source_checksum(source)} {self._digest}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill *bucket* if there is something whole to fill it with."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # noqa: BLE001 -- half a file says anything at all
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in *bucket* if there is room."""
        with suppress(OSError):
            super().dump_bytecode(bucket)
