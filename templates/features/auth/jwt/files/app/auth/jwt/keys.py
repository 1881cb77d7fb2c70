"""The keys of access tokens: one signs, several check, the public halves are for others to see."""

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.environment import ConfigurationError

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key; `key_id` is its RFC 7638 thumbprint."""

    private: Ed25519PrivateKey
    key_id: str
    x: str
    """The public key, in base64 without padding."""

    def jwk(self) -> dict[str, str]:
        """The public key as JSON (RFC 8037)."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": self.x,
            "kid": self.key_id,
            "alg": "EdDSA",
            "use": "sig",
        }


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The key that signs, and all whose tokens are good, by their ids."""

    signing: SigningKey
    checking: Mapping[str, Ed25519PublicKey]
    published: tuple[dict[str, str], ...]

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JSON Web Key Set (RFC 7517)."""
        return {"keys": list(self.published)}


def key_ring(secret: str, others: str = "") -> KeyRing:
    """The keys of JWT_SIGNING_KEY (a new one if that is empty) and of JWT_PREVIOUS_KEYS, which are
    parted by commas or spaces. Raises ConfigurationError.
    """
    signing = _key(_decode(secret, "JWT_SIGNING_KEY") if secret else os.urandom(KEY_BYTES))
    previous = [_key(_decode(one, "JWT_PREVIOUS_KEYS")) for one in split_keys(others)]
    ring = {key.key_id: key for key in (signing, *previous)}
    return KeyRing(
        signing,
        {key_id: key.private.public_key() for key_id, key in ring.items()},
        tuple(key.jwk() for key in ring.values()),
    )


def split_keys(text: str) -> list[str]:
    """The keys that stand in JWT_PREVIOUS_KEYS."""
    return text.replace(",", " ").split()


def _key(secret: bytes) -> SigningKey:
    private = Ed25519PrivateKey.from_private_bytes(secret)
    x = _encode(private.public_key().public_bytes_raw())
    thumbprint = hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest()
    return SigningKey(private, _encode(thumbprint), x)


def _decode(secret: str, name: str) -> bytes:
    try:
        padded = secret.rstrip("=") + "=" * (-len(secret.rstrip("=")) % 4)
        key = base64.b64decode(padded.replace("+", "-").replace("/", "_"), b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ConfigurationError(f"{name} is not base64") from error
    if len(key) != KEY_BYTES:
        raise ConfigurationError(f"{name} must be {KEY_BYTES} bytes in base64")
    return key


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
