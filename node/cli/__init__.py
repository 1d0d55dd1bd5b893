"""The `archipel` command: one file per noun."""
