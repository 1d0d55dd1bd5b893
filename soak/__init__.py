"""Fault injection with real processes: `make soak` (docs/soak.md)."""
