"""Contact persons of P1 and P7 live nowhere without the consent of the very same event."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from connectors.ai_voucher import AiVoucher
from connectors.base import Statement
from connectors.contacts import Contact
from connectors.robot import Robot
from services.domain.partner_wire import contract_writers

NAME, TELEPHONE = "가나다", {"ai-voucher": "02-0000-1234", "robot": "02-0000-5678"}
CONNECTORS = {"ai-voucher": AiVoucher(), "robot": Robot()}
NAMES = {"ai-voucher": "contracted", "robot": "agreement"}

Change = dict[str, Any]
CASES = [
    ("ai-voucher", {}, True),
    ("ai-voucher", {"infoAgreeDt": "2026-02-28"}, False),
    ("ai-voucher", {"infoAgreeDt": None}, False),
    ("ai-voucher", {"infoAgreeYn": False}, False),
    ("ai-voucher", {"infoAgreeYn": None}, False),
    ("ai-voucher", {"updDtm": "2026-04-09T00:00:00"}, False),
    ("ai-voucher", {"updDtm": ""}, False),
    ("ai-voucher", {"taskStat": "보류"}, True),
    ("robot", {}, True),
    ("robot", {"agr_cd": "1"}, False),
    ("robot", {"agr_cd": "9"}, False),
    ("robot", {"agr_cd": " "}, False),
    ("robot", {"agr_dt": "26-05-21"}, False),
    ("robot", {"snd_dt": "00-00-00"}, False),
]


@pytest.mark.parametrize(("folder", "change", "allowed"), CASES)
def test_contact(
    folder: str,
    change: Change,
    allowed: bool,
    sample: Callable[..., dict[str, Any]],
    encoded: Callable[..., bytes],
) -> None:
    connector = CONNECTORS[folder]
    writers = contract_writers(connector.source, 1)
    record = sample(folder, NAMES[folder], **change)
    value = encoded(folder, record)
    kept = connector.keep(value, writers)
    assert kept is not None
    person = (NAME.encode(), TELEPHONE[folder].encode())
    if allowed:
        recipients = ("HRDK", "AI_CENTER") if folder == "ai-voucher" else ("HRDK",)
        assert connector.contact(value, writers) == Contact(NAME, TELEPHONE[folder], recipients)
        assert kept == value
    else:
        assert connector.contact(value, writers) is None
        assert not any(text in kept for text in person)
    key = str(record[connector.source.key_field]).encode()
    reading = connector.read(key, kept, writers)
    again = connector.read(key, value, writers)
    assert type(reading) is type(again)
    if isinstance(again, Statement):
        state, _ = connector.judge((), "1", again)
        stored = orjson.dumps([again.body, state])
        assert not any(text in stored for text in person)


@pytest.mark.parametrize("folder", CONNECTORS)
def test_bytes_that_cannot_be_read_are_kept(folder: str) -> None:
    connector = CONNECTORS[folder]
    writers = contract_writers(connector.source, 1)
    assert connector.keep(b"\x00\x01", writers) == b"\x00\x01"
    assert connector.keep(None, writers) is None
    assert connector.contact(b"\x00\x01", writers) is None
