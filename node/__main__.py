"""`python -m node`, and what the installed command `archipel` runs."""

from __future__ import annotations

import gc
import sys

# What is loaded at a start stays: looking through it for garbage again and again takes a fifth of the time.
gc.disable()
# httpx and structlog load these where they find them, for output that a node never makes: 9 MB.
for name in ("pygments", "rich"):
    sys.modules.setdefault(name, None)  # type: ignore[arg-type]

from node.cli.archipel import archipel  # noqa: E402 -- after what makes it cheap

gc.freeze()
gc.enable()


def main() -> None:
    """Run the command that the arguments name."""
    archipel(prog_name="archipel")


if __name__ == "__main__":
    main()
