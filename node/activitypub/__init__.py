"""The protocol, pure: no database, no web, no clock."""
