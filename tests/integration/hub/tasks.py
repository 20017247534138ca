"""Rows of the smart-factory change log made by hand, one firm or many."""

from dataclasses import dataclass
from zlib import crc32

from services.adapters.kafka.publisher import Outgoing
from services.domain.ids import uid
from services.simulation import wire
from services.simulation.numbers import brn_check

TOPIC = "src.mss.smart-factory.v1"
FEEDBACK = "feedback.mss.smart-factory.v1"
PARTITIONS = 4
# A firm of 창원 with everything that a referral needs (the note's sample `contracted`).
ROW = {
    "TASK_SN": "", "BSNS_YR": "2026", "BSNS_SE_CD": "A02", "CHG_SE": "C", "BIZR_NO": "",
    "BPL_NO": "", "JURIRNO": "", "ENTRPRS_NM": "(주)가상정공", "ENTRPRS_SCALE_CD": "02",
    "INDUTY_CD": "26421", "ORDTM_LABRR_CNT": "45", "LDONG_CD": "4812310100",
    "RDNM_ADRES": "경상남도 창원시 성산구 가상대로 100", "NOW_LVL_CD": "01", "GOAL_LVL_CD": "03",
    "SOLUTN_SE": "MES", "AI_APLC_YN": "Y", "SPLY_BIZR_NO": "", "GOVSPRT_AMT": "200000000",
    "ALOTM_AMT": "180000000", "AGRM_DE": "20260311", "BGNDE": "20260315", "ENDDE": "20261214",
    "STTUS_CD": "ST30", "DX_MENTOR_CNT": "0", "THIRD_PRVD_AGRE_YN": "Y",
    "LAST_CHG_DT": "20260402093000",
}  # fmt: skip


def brn(number: int) -> str:
    """The business number of the n-th firm that exists only here."""
    nine = f"99981{number:04d}"
    return nine + brn_check(nine)


def partition_of(key: str) -> int:
    """Where the publisher puts a key."""
    return crc32(key.encode()) % PARTITIONS


def key_on(partition: int, number: int) -> str:
    """A task number that lies on that partition; another one for every number."""
    tries = (f"26{number:04d}{n:04d}" for n in range(10_000))
    return next(key for key in tries if partition_of(key) == partition)


@dataclass(frozen=True, slots=True)
class Tasks:
    """Makes messages with one schema id."""

    schema_id: int

    def row(self, key: str, firm: int, **fields: str) -> Outgoing:
        """One change of one task of the n-th firm."""
        row = {**ROW, "TASK_SN": key, "BIZR_NO": brn(firm), **fields}
        head = wire.confluent_head(self.schema_id)
        return Outgoing(TOPIC, key.encode(), wire.texts(head, row.values()), [])

    def deleted(self, key: str, at: str) -> Outgoing:
        """The delete of a task."""
        row = {**dict.fromkeys(ROW, ""), "TASK_SN": key, "CHG_SE": "D", "LAST_CHG_DT": at}
        head = wire.confluent_head(self.schema_id)
        return Outgoing(TOPIC, key.encode(), wire.texts(head, row.values()), [])


def participation_id(key: str) -> str:
    """The id under which the hub keeps a task."""
    return uid("participation", "P3", key)
