"""The doors for browsers and peers."""
