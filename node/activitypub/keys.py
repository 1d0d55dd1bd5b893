"""RSA and Ed25519 keys in PEM form, and which of them are good enough (THREATS.md A32)."""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from node.activitypub.vocabulary import MAX_PEM
from node.errors import Unauthenticated

PublicKey = rsa.RSAPublicKey | Ed25519PublicKey
PrivateKey = rsa.RSAPrivateKey | Ed25519PrivateKey

_MIN_BITS, _MAX_BITS = 2048, 8192
_EXPONENT = 65537
_BEGIN = "-----BEGIN PUBLIC KEY-----"


def generate_rsa() -> tuple[str, str]:
    """Make an RSA key of 2048 bits: private PEM (PKCS 8, unencrypted), public PEM (SPKI)."""
    key = rsa.generate_private_key(public_exponent=_EXPONENT, key_size=_MIN_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


def load_private(pem: str) -> PrivateKey:
    """Read a private key of ours; TypeError if it is neither RSA nor Ed25519, ValueError if it is no PEM.

    It was made here and has been kept under an authenticated seal, so its primes are not proved again: that
    takes fifty milliseconds of a core.
    """
    key = serialization.load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, (rsa.RSAPrivateKey, Ed25519PrivateKey)):
        raise TypeError("Only RSA and Ed25519 keys are used here.")
    return key


@lru_cache(maxsize=4096)
def load_public(pem: str) -> PublicKey:
    """Read the public key of somebody, or raise Unauthenticated.

    One SPKI PEM of at most 8 KiB: Ed25519, or RSA of 2048 to 8192 bits with exponent 65537.
    """
    if len(pem) > MAX_PEM or pem.count("-----BEGIN") != 1 or not pem.strip().startswith(_BEGIN):
        raise Unauthenticated("The key must be one PEM block, BEGIN PUBLIC KEY.", detail=pem[:80])
    try:
        key = serialization.load_pem_public_key(pem.strip().encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unauthenticated("The key cannot be read.", detail=str(error)[:200]) from error
    if isinstance(key, Ed25519PublicKey):
        return key
    if not isinstance(key, rsa.RSAPublicKey):
        raise Unauthenticated("The key must be RSA or Ed25519.")
    if not _MIN_BITS <= key.key_size <= _MAX_BITS or key.public_numbers().e != _EXPONENT:
        raise Unauthenticated("An RSA key needs 2048 to 8192 bits and the exponent 65537.")
    return key


def sign_bytes(key: PrivateKey, message: bytes) -> bytes:
    """Sign with RSASSA-PKCS1-v1_5 and SHA-256, or Ed25519, as the key is."""
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(message)
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def is_signed(key: PublicKey, signature: bytes, message: bytes, *, sha512: bool = False) -> bool:
    """Tell whether *signature* is the key's for *message*; the key decides the algorithm (A31).

    sha512: over SHA-512 instead of SHA-256, for an RSA key; Ed25519 knows one hash only.
    """
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, message)
        else:
            hashed = hashes.SHA512() if sha512 else hashes.SHA256()
            key.verify(signature, message, padding.PKCS1v15(), hashed)
    except InvalidSignature:
        return False
    return True
