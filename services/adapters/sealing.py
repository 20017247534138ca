"""Encryption of what lies in quarantine (F1, F83): AES-256-GCM, a fresh nonce a value."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.errors import Fatal

_NONCE_BYTES = 12


def new_key() -> str:
    """A random key as the settings want it."""
    return base64.urlsafe_b64encode(AESGCM.generate_key(256)).decode()


class Sealer:
    """Seals and opens bytes with one key; raises Fatal for a key of the wrong form."""

    def __init__(self, key: str) -> None:
        try:
            self._cipher = AESGCM(base64.urlsafe_b64decode(key))
        except ValueError as error:
            raise Fatal(
                "NARU_QUARANTINE_KEY가 올바르지 않습니다 (base64url, 32바이트).",
                "NARU_QUARANTINE_KEY is not 32 bytes in base64url.",
            ) from error

    def seal(self, value: bytes | None) -> bytes | None:
        """nonce + ciphertext; None stays None."""
        if value is None:
            return None
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value, None)

    def open(self, sealed: bytes | None) -> bytes | None:
        """What was sealed; raises Fatal where the key is another one."""
        if sealed is None:
            return None
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        except InvalidTag as error:
            raise Fatal(
                "격리함의 열쇠가 다릅니다.", "the quarantine was sealed with another key."
            ) from error
