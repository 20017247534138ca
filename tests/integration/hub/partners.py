"""Messages of every input made by hand: records as the contracts print them, put on the wire."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from connectors import CONNECTORS
from schemas.registry import subject_of
from services import wiring
from services.adapters.kafka.publisher import Outgoing
from services.adapters.postgres.schemas import newest_ids, registered
from services.domain.partner_wire import wire_bytes
from tests.integration.hub.harness import Hub
from tests.integration.hub.tasks import brn

SOURCES = {connector.source.folder: connector.source for connector in CONNECTORS}
ENTERPRISE_INFO = {
    "kind": "ENTERPRISE_INFO",
    "granted": True,
    "recipients": ["HRDK", "AI_CENTER"],
    "items": ["firm_nm", "brn", "wishes"],
    "form_version": "2026-1",
}


@dataclass(frozen=True, slots=True)
class Partners:
    """Makes messages with the registered schema ids."""

    ids: dict[str, int]

    @classmethod
    def of(cls, hub: Hub) -> "Partners":
        """The ids of this hub's database."""

        async def ask() -> dict[str, int]:
            connection = await wiring.connecting(hub.settings)()
            try:
                return newest_ids(await registered(connection))
            finally:
                await connection.close()

        return cls(asyncio.run(ask()))

    def message(self, folder: str, key: str, value: dict[str, Any]) -> Outgoing:
        """One record of an input."""
        source = SOURCES[folder]
        schema_id = self.ids.get(subject_of(source.topic), 0)
        text = json.dumps(value, ensure_ascii=False)
        return Outgoing(source.topic, key.encode(), wire_bytes(source, value, text, schema_id), [])

    def answer(self, survey: str, version: int, firm: int, **fields: Any) -> Outgoing:
        """A version of the n-th firm's answer, on its own initiative unless it names a task."""
        value = {
            "survey_id": survey,
            "answer_version": version,
            "answered_at": f"2026-04-{version:02d}T02:10:00Z",
            "answer_state": "ANSWERED",
            "channel": "WEB",
            "round": "SELECTED",
            "brn": brn(firm),
            "firm_nm": "(주)가상정공",
            "wishes": True,
            "consents": [ENTERPRISE_INFO],
            **fields,
        }
        return self.message("demand-survey", survey, value)

    def month(self, firm: int, period: str, rev: int = 1, **fields: Any) -> Outgoing:
        """A month of training at the n-th firm's head office: one AI course with completers."""
        number, month = brn(firm) + "0", period.replace("-", "")
        key = f"{number}-{month}"
        course = {
            "tr_pr_id": f"AIG{month}001",
            "tr_pr_degr": 1,
            "title": "생성형 AI 업무 활용",
            "ai_yn": "Y",
            "mode": "GROUP",
            "starts_on": f"{period}-02",
            "ends_on": f"{period}-20",
            "enrolled": 10,
            "completed": 8,
        }
        value = {
            "hist_key": key,
            "rev": rev,
            "issued_at": f"2026-04-{rev:02d}T01:00:00Z",
            "period_ym": month,
            "rec_stat": "NORMAL",
            "wkpl_mng_no": number,
            "brn": brn(firm),
            "wkpl_nm": "(주)가상정공",
            "ent_kind": "CORP",
            "ldong_cd": "4812310100",
            "ind_cd": "26421",
            "prior_sprt": True,
            "insured_cnt": 42,
            "courses": [course],
            **fields,
        }
        return self.message("training-history", key, value)
