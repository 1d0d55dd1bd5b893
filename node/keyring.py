"""The node's own key: seals the private keys of actors for the database, and signs form tokens.

Losing `node.key` means losing every sealed key, so it belongs in the backup, apart from the database.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from node.errors import Misconfigured

NAME = "node.key"
_KEY_BYTES = 32
_NONCE_BYTES = 12  # as AES-GCM wants it; random, so one key serves 2^32 seals (NIST SP 800-38D 8.3)
_VERSION = b"\x01"
_OTHERS = 0o077  # what group and others may do


class Keyring:
    """The secrets in one folder; made on first use, read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def seal(self, plain: bytes, *, purpose: bytes) -> bytes:
        """Encrypt *plain* (AES-256-GCM), so that it opens only with this key and for the same *purpose*."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._sealing.encrypt(nonce, plain, _VERSION + purpose)

    def open(self, sealed: bytes, *, purpose: bytes) -> bytes:
        """Decrypt what `seal` returned. Raises Misconfigured when this key, or this *purpose*, is another."""
        nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._sealing.decrypt(nonce, rest, sealed[:1] + purpose)
        except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
            raise Misconfigured(
                f"The key in {self._path} does not open what this database holds. Put back the {NAME} that"
                " belongs to this database.",
                detail=f"purpose {purpose!r}",
            ) from error

    def sign_token(self, text: str, *, purpose: str) -> str:
        """Return an unforgeable, URL-safe token for *text* (HMAC-SHA256); the text is not inside it."""
        key = self._derive(b"token:" + purpose.encode())
        return base64.urlsafe_b64encode(hmac.digest(key, text.encode(), "sha256")).rstrip(b"=").decode()

    def token_matches(self, token: str, text: str, *, purpose: str) -> bool:
        """Say whether `sign_token` gave *token* for *text* and *purpose*; takes the same time either way."""
        expected = self.sign_token(text, purpose=purpose)
        return hmac.compare_digest(expected.encode(), token.encode("utf-8", "surrogatepass"))

    @property
    def _path(self) -> Path:
        return self._folder / NAME

    @cached_property
    def _secret(self) -> bytes:
        try:
            if not self._path.exists():
                _make_key(self._path)
            return _read_key(self._path)
        except OSError as error:
            raise Misconfigured(
                f"The node's key at {self._path} cannot be used: {error.strerror}.", detail=str(error)
            ) from error

    @cached_property
    def _sealing(self) -> AESGCM:
        return AESGCM(self._derive(b"seal"))

    def _derive(self, info: bytes) -> bytes:
        return HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"archipel " + info).derive(self._secret)


def _make_key(path: Path) -> None:
    """Write a fresh key, whole or not at all. Of two processes that start at once, one key wins for both."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{NAME}.{secrets.token_hex(8)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # unlike a rename it never replaces a key that is there
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)


def _read_key(path: Path) -> bytes:
    if path.stat().st_mode & _OTHERS:
        raise Misconfigured(f"Others can read the node's key. Run: chmod 600 {path}")
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except ValueError as error:
        raise Misconfigured(_damaged(path)) from error
    if len(key) != _KEY_BYTES:
        raise Misconfigured(_damaged(path))
    return key


def _damaged(path: Path) -> str:
    return f"The node's key in {path} is damaged. Put it back from the backup."
