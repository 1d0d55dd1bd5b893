"""Names that the node mints: tokens in ids, session secrets, jitter.

Ids are random, so a restored backup can never mint one that a later state has already used.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Protocol

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: lower case, no look-alikes
_LETTERS = bytes(ord(_ALPHABET[byte % 32]) for byte in range(256))
TOKEN_LENGTH = 16  # characters of 5 bits: 80 bits, no clash expected before a million million ids


class Ids(Protocol):
    """Mints names; built once in `app`, passed in, replaced in tests."""

    def token(self) -> str:
        """Return a fresh public name part: lower-case letters and digits."""

    def secret(self) -> str:
        """Return a fresh unguessable secret, 256 bits, URL-safe."""

    def jitter(self) -> float:
        """Return a share in [0, 1) for spreading retries."""


class RandomIds:
    """Names from the operating system's randomness."""

    def token(self) -> str:
        """Return a fresh public name part: lower-case letters and digits."""
        # A byte has three bits too many: 256 is a multiple of 32, so each letter is as likely as any other.
        return secrets.token_bytes(TOKEN_LENGTH).translate(_LETTERS).decode()

    def secret(self) -> str:
        """Return a fresh unguessable secret, 256 bits, URL-safe."""
        return secrets.token_urlsafe(32)

    def jitter(self) -> float:
        """Return a share in [0, 1) for spreading retries."""
        return secrets.randbelow(1 << 30) / (1 << 30)


def fingerprint(secret: str) -> str:
    """Return the form in which a secret is stored: SHA-256, hex. Look secrets up by it; never compare."""
    return hashlib.sha256(secret.encode()).hexdigest()
