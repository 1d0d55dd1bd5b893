"""One table module a noun."""
