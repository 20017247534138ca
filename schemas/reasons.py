"""Every reason and warning code of the partners' contracts, with its meaning in two languages.

A reason says why a message is not plainly applied, a warning what was left open in an applied
one. A code names the rule, not the field. Source: the partners' REASONS list, in its order.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One code; end_state is where a reason leads to, None for a warning."""

    code: str
    end_state: str | None
    en: str
    ko: str


def _reasons(end_state: str, *rows: tuple[str, str, str]) -> tuple[Code, ...]:
    return tuple(Code(code, end_state, en, ko) for code, en, ko in rows)


QUARANTINED = _reasons(
    "quarantined",
    ("VALUE_EMPTY", "no value: null (tombstone) or zero bytes", "값 없음"),
    ("VALUE_TOO_LARGE", "value of more than 65,536 bytes", "크기 초과"),
    (
        "BYTES_UNDECODABLE",
        "the bytes are not one whole valid record: wrong first byte, cut "
        "short, bytes left over, invalid UTF-8, impossible length or branch",
        "해독 불가",
    ),
    ("SCHEMA_UNKNOWN", "schema id or fingerprint is not known", "스키마 미등록"),
    (
        "KEY_MISSING",
        "the Kafka key or the key field is blank or not in the contract's form",
        "키 없음",
    ),
    ("KEY_MISMATCH", "the Kafka key and the key field differ", "키 불일치"),
    (
        "ORDERING_UNREADABLE",
        "the value that orders or dates the event is blank or unreadable",
        "순서값 판독 불가",
    ),
    ("STATUS_UNKNOWN", "status blank or not in the contract's list", "상태 미상"),
    ("CHANGE_KIND_UNKNOWN", "change kind is none of C, U, D", "변경구분 미상"),
    (
        "CORRECTION_INVALID",
        "the number of the corrected message is malformed, or not smaller than the message's own",
        "정정번호 오류",
    ),
    ("JSON_DUPLICATE_KEY", "the same key twice in one JSON object", "키 중복"),
    ("JSON_TOO_DEEP", "nested deeper than 8, or more than 2,000 values", "중첩·요소 과다"),
    (
        "MESSAGE_KIND_UNKNOWN",
        "the field that says what kind of message it is holds none of the contract's words",
        "자료구분 미상",
    ),
    (
        "LIST_MARKER_INVALID",
        "list marker without a readable count, or with another count than the list's other marker",
        "목록표지 오류",
    ),
    (
        "PROGRAM_NOT_SURVEYED",
        "survey answer filed under a programme that has no survey (P5)",
        "수요조사 대상 아님",
    ),
)

HELD = _reasons(
    "held",
    ("IDENTITY_MISSING", "no identifier of the firm that the contract accepts", "식별자 없음"),
    ("BRN_MALFORMED", "business number present, but not ten digits", "형식 오류"),
    ("BRN_CHECKSUM", "ten digits, but the check digit is wrong", "검증번호 오류"),
    ("BRN_MASKED", "business number hidden with `*`", "마스킹"),
    (
        "PARTIES_SAME",
        "supplier and demand firm carry the same valid business number",
        "수요·공급 동일",
    ),
    (
        "PARTIES_SWAPPED",
        "supplier's and demand firm's numbers stand exactly exchanged against "
        "the last applied revision",
        "수요·공급 뒤바뀜",
    ),
    (
        "REVISION_CONFLICT",
        "a revision received before, now with different content",
        "동일 차수 내용 상이",
    ),
    (
        "CORRECTION_TARGET_UNKNOWN",
        "the message corrects a number that has not been received",
        "정정대상 미도착",
    ),
    ("BRN_AMBIGUOUS", "several different business numbers in one text", "사업자번호 복수"),
    ("ROLE_UNKNOWN", "a member whose role cannot be read: demand side or not", "역할 미상"),
    (
        "STATUS_PENDING",
        "no event that states a status has been read yet for this project",
        "상태 미도착",
    ),
    (
        "MEMBERS_PENDING",
        "no event that states the members has been read yet for this project",
        "구성원 미도착",
    ),
    (
        "PARTICIPATION_UNKNOWN",
        "the participation the answer refers to has not been received",
        "참여정보 미도착",
    ),
    (
        "FIRM_MISMATCH",
        "the answer's business number is not a firm of the participation it refers to",
        "기업 불일치",
    ),
)

DUPLICATE = _reasons(
    "duplicate",
    ("DUPLICATE_REVISION", "same revision, same content as one received before", "중복"),
    ("UNCHANGED_ROW", "newer list, same content as the row in force: no new revision", "변동 없음"),
)

SUPERSEDED = _reasons(
    "superseded",
    (
        "OLDER_REVISION",
        "older than a revision already applied, or passed by one while it was held",
        "구차수",
    ),
)

WARNINGS = tuple(
    Code(code, None, en, ko)
    for code, en, ko in (
        (
            "FIELD_MISSING",
            "blank, though the contract requires the field at this status",
            "필수항목 공란",
        ),
        ("DATE_UNREADABLE", "not a calendar day in the contract's form; null", "날짜 판독 불가"),
        (
            "DATE_ORDER",
            "dates contradict one another; the doubtful ones become null",
            "날짜 선후 모순",
        ),
        ("NUMBER_UNREADABLE", "not a whole number; null", "숫자 판독 불가"),
        ("NUMBER_OUT_OF_RANGE", "negative or above the contract's bound; null", "범위 초과"),
        (
            "CODE_UNKNOWN",
            "a code or label outside the contract's list; null or `UNKNOWN`",
            "코드 미상",
        ),
        (
            "REGION_ASSUMED",
            "place known only to the city, or its province taken from elsewhere; "
            "confidence `ASSUMED`",
            "지역 추정",
        ),
        ("REGION_UNRESOLVED", "no 시군구 can be determined; null", "지역 미확정"),
        ("REGION_CONFLICT", "two statements of the place disagree", "지역 불일치"),
        (
            "BRN_DERIVED",
            "business number taken from the workplace number",
            "사업장관리번호에서 도출",
        ),
        (
            "ID_UNREADABLE",
            "a secondary identifier is malformed or fails its check; null",
            "보조 식별자 오류",
        ),
        (
            "CRN_CHECK",
            "13-digit corporate number fails its check digit; kept",
            "법인번호 검증 불일치",
        ),
        (
            "TEXT_CLEANED",
            "control or invisible characters were taken out of a name or solution",
            "제어문자 제거",
        ),
        ("CONSENT_UNCLEAR", "consent stated, but not provable as stated; null", "동의 불명확"),
        (
            "CHANGE_OUT_OF_STEP",
            "create for a live row, or update or delete where no live row is",
            "변경이력 누락",
        ),
        ("BOM_REMOVED", "a UTF-8 byte order mark stood before the JSON", "BOM 제거"),
        ("UNKNOWN_FIELD", "a key the contract does not list; ignored", "미등록 항목"),
        ("TYPE_MISMATCH", "a text of the wrong JSON type; null", "자료형 불일치"),
        (
            "DATE_PRECISION",
            "month, half-year or year where the contract expects a day; first day "
            "(last day for an end) taken",
            "날짜 정밀도",
        ),
        (
            "INDUSTRY_NOT_KSIC",
            "an industry given as text or as a six-digit tax-office code where "
            "KSIC is expected; null",
            "표준산업분류 아님",
        ),
        (
            "REGION_OUTSIDE_PROGRAMME",
            "a place outside the programme's area; kept",
            "사업지역 외 소재지",
        ),
        ("BRN_BRANCH", "the number's kind is 85, a branch; kept", "지점 번호"),
        (
            "BRN_UNLABELLED",
            "the only number of the right shape in a text, without its label; taken",
            "표지 없는 번호",
        ),
        (
            "CONTACT_DROPPED",
            "contact details without a usable contact consent; removed",
            "담당자 정보 삭제",
        ),
        (
            "SENSITIVE_DROPPED",
            "credit facts in a place where the contract does not list them; removed",
            "여신정보 삭제",
        ),
        ("MEMBER_ABSENT", "a live member is not in a re-sent member list; kept", "구성원 누락"),
        ("NO_DEMAND_SIDE", "the members are known and none is LEAD or DEMAND", "수요기업 없음"),
        (
            "LATE_FACT",
            "an older event still added something newer events had not stated",
            "지연 도착 반영",
        ),
        (
            "MINISTRY_OTHER",
            "the project belongs to another ministry's part; promotion only",
            "타 부처 과제",
        ),
        (
            "LEGAL_FORM_CONFLICT",
            "the register's legal form and the name's disagree; the register's is taken",
            "법인격 불일치",
        ),
        (
            "COURSE_OUTSIDE_PERIOD",
            "a course that did not end in the record's month; counted by its end date",
            "기간 외 과정",
        ),
        (
            "ANSWER_IGNORED",
            "answers filled in although the answer state is not ANSWERED; not read",
            "응답 무시",
        ),
    )
)

CODES: dict[str, Code] = {
    entry.code: entry for entry in (*QUARANTINED, *HELD, *DUPLICATE, *SUPERSEDED, *WARNINGS)
}
"""All codes by name."""
