"""What arrives: read, authenticate, record, work."""
