"""Industries a firm may have: a KSIC code, its weight, and the words its name ends with.

The division (the first two digits) is what the rules read; the manufacturing weights follow the
usual mix of smart-factory firms: metal, machines, vehicles, electronics, food, plastics.
"""

from dataclasses import dataclass

from services.simulation.chance import Weighted


@dataclass(frozen=True, slots=True)
class Industry:
    ksic: str
    section: str
    endings: tuple[str, ...]

    @property
    def manufacturing(self) -> bool:
        return self.section == "C"


def _table(section: str, rows: tuple[tuple[str, float, str], ...]) -> list[tuple[Industry, float]]:
    return [(Industry(code, section, tuple(ends.split())), weight) for code, weight, ends in rows]


_MAKING = _table(
    "C",
    (
        ("10712", 6, "식품 푸드 제과"),
        ("10796", 4, "식품 건강 바이오"),
        ("11209", 1, "음료 주조"),
        ("13213", 3, "섬유 텍스타일"),
        ("14120", 2, "어패럴 의류"),
        ("15121", 1, "피혁 가방"),
        ("16291", 1, "목재 우드"),
        ("17222", 2, "제지 패키지"),
        ("18119", 2, "인쇄 프린팅"),
        ("19229", 1, "오일 에너지"),
        ("20423", 4, "화장품 코스메틱 화학"),
        ("20499", 3, "케미칼 화학"),
        ("21210", 2, "제약 바이오"),
        ("22241", 7, "플라스틱 수지 몰드"),
        ("22199", 2, "고무 씰텍"),
        ("23321", 2, "콘크리트 세라믹"),
        ("24132", 3, "제강 스틸"),
        ("24321", 3, "주물 캐스팅"),
        ("25922", 6, "도금 표면처리"),
        ("25924", 9, "정밀 정공 금속"),
        ("25112", 3, "구조 철구"),
        ("26222", 3, "전자 회로"),
        ("26299", 4, "전자 반도체"),
        ("26421", 2, "통신 전자"),
        ("27192", 3, "메디칼 의료기"),
        ("27216", 2, "계측 센서"),
        ("28114", 3, "전기 전력"),
        ("28202", 2, "배터리 에너지"),
        ("29142", 3, "유압 펌프"),
        ("29271", 4, "기계 시스템"),
        ("29294", 6, "금형 몰드"),
        ("29280", 3, "로봇 오토메이션"),
        ("30310", 4, "오토 모터스"),
        ("30392", 5, "자동차부품 오토텍"),
        ("31114", 3, "조선기자재 해양"),
        ("32029", 2, "가구 퍼니처"),
        ("33999", 2, "산업 공예"),
        ("34011", 1, "엔지니어링 정비"),
    ),
)
_SERVING = (
    _table("G", (("46510", 5, "유통 상사"), ("47912", 6, "커머스 몰")))
    + _table("J", (("58222", 9, "소프트 시스템즈"), ("62010", 7, "데이터 정보")))
    + _table("J", (("59114", 2, "미디어 영상"),))
    + _table("M", (("70129", 4, "연구소 테크"), ("72129", 4, "엔지니어링"), ("71531", 3, "컨설팅")))
    + _table("N", (("75210", 2, "서비스 파트너스"), ("74212", 1, "환경 클린")))
    + _table("F", (("41221", 2, "건설 토건"), ("42202", 2, "설비 플랜트")))
    + _table("H", (("49301", 2, "물류 운수"), ("52102", 2, "창고 로지스")))
    + _table("I", (("56111", 4, "푸드 외식"), ("55101", 1, "호텔 스테이")))
    + _table("Q", (("86201", 4, "의원"), ("86102", 3, "병원")))
    + _table("R", (("91121", 1, "스포츠 레저"),))
)  # fmt: skip

MANUFACTURING = Weighted(_MAKING)
SERVICES = Weighted(_SERVING)
