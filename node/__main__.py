"""`python -m node`, and what the installed command `archipel` runs."""

from __future__ import annotations

from node.cli.archipel import archipel


def main() -> None:
    """Run the command that the arguments name."""
    archipel(prog_name="archipel")


if __name__ == "__main__":
    main()
