"""The key that signs access tokens, and its public half for others."""

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

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


def signing_key(secret: str) -> SigningKey:
    """The key of JWT_SIGNING_KEY; a new one if that is empty. Raises ConfigurationError."""
    private = Ed25519PrivateKey.from_private_bytes(_decode(secret) if secret else os.urandom(32))
    x = _encode(private.public_key().public_bytes_raw())
    thumbprint = hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest()
    return SigningKey(private, _encode(thumbprint), x)


def _decode(secret: str) -> bytes:
    try:
        padded = secret.rstrip("=") + "=" * (-len(secret.rstrip("=")) % 4)
        key = base64.b64decode(padded.replace("+", "-").replace("/", "_"), b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ConfigurationError("JWT_SIGNING_KEY is not base64") from error
    if len(key) != KEY_BYTES:
        raise ConfigurationError(f"JWT_SIGNING_KEY must be {KEY_BYTES} bytes in base64")
    return key


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
