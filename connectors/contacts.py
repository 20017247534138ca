"""Contact persons: personal data that may be read only where the same event proves the consent
to pass them on, and that no statement and no memory ever holds (architecture, decision 15)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact person with the recipients whom the consent of the same event names."""

    name: str | None
    telephone: str | None
    recipients: tuple[str, ...]
    email: str | None = None
