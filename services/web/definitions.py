"""What each number on the status page means, beside the number: (Korean, English) by its path."""

DEFINITIONS: dict[str, tuple[str, str]] = {
    "status": (
        "pass 정상, warn 주의(사람이 볼 일이 있음), fail 장애",
        "pass: all is well; warn: something needs a look; fail: something does not work",
    ),
    "operation": (
        "사람이 처리할 일을 뺀, 장비와 처리 흐름만의 상태",
        "the status of the machinery alone, without what waits for a person",
    ),
    "connectors.state": (
        "running 읽는 중, paused 등록되지 않은 스키마를 기다림, "
        "stalled 밀렸는데 8초 넘게 진행 없음, "
        "silent 읽고 있으나 받은 전문이 없음, stopped 읽는 처리기가 없거나 중단됨, "
        "unknown 알 수 없음",
        "running: read; paused: waits for a schema; stalled: messages wait and nothing moved for "
        "8 s; silent: read, but nothing has ever come; stopped: nobody reads it; unknown",
    ),
    "connectors.last_event_at": (
        "마지막으로 읽은 전문을 브로커가 받은 시각",
        "the broker's time of the last message that was read",
    ),
    "connectors.last_success_at": (
        "마지막 전문이 종료상태와 함께 기록된 시각",
        "when the last message was written down with its end state",
    ),
    "connectors.lag.messages": (
        "토픽 끝 − max(허브의 위치, 로그 시작), 파티션 합계",
        "log end minus max(our offset, log start), all partitions together",
    ),
    "connectors.lag.seconds": (
        "아직 읽지 않은 가장 오래된 전문이 브로커에 도착한 뒤 지난 시간. 밀린 것이 없으면 0",
        "age of the oldest unread message since it reached the broker; 0 when none waits",
    ),
    "connectors.rate_per_s": (
        "최근 1분 동안 처리한 전문 수 ÷ 60",
        "messages passed in the last minute, divided by 60",
    ),
    "connectors.end_states": (
        "받은 전문의 현재 종료상태별 건수. 다섯 상태의 합은 항상 수신 건수와 같다",
        "messages by the end state they are in now; the five always add up to received",
    ),
    "connectors.reasons": (
        "처음 판정할 때의 사유별 건수. 나중에 풀려도 줄지 않는다",
        "messages by the reason of their first judgement; does not fall when they are released",
    ),
    "pipeline.outbox.backlog": (
        "기록되었으나 아직 발신되지 않은 전문 수. 파티션당 1,000건까지만 센다",
        "messages written and not yet published, counted up to 1,000 a partition",
    ),
    "pipeline.outbox.age_s": (
        "가장 오래된 미발신 전문이 기록된 뒤 지난 시간. 없으면 0",
        "age of the oldest unpublished message; 0 when none waits",
    ),
    "pipeline.workers.last_batch": (
        "그 처리기의 마지막 트랜잭션(발신 묶음)에 든 전문 수",
        "messages in the last transaction (or published batch) of that process",
    ),
    "pipeline.workers.last_ms": (
        "그 트랜잭션을 판정하고 커밋하는 데 걸린 시간(밀리초)",
        "milliseconds to judge and commit it (for the relay: to publish it)",
    ),
    "pipeline.workers.redone": (
        "그사이 다른 처리기가 같은 기업이나 과제를 바꾸어 다시 판단한 전문 수(시작 뒤)",
        "messages decided twice since it started: another worker had changed the firm or project",
    ),
    "pipeline.receive_s": (
        "최근 5분: 브로커 도착부터 허브가 읽기까지의 시간(파티션당 최근 100건)",
        "last five minutes: from the broker's time to being read (newest 100 a partition)",
    ),
    "pipeline.referral_s": (
        "원천 전문부터 기관이 연계를 읽을 수 있을 때까지의 시간. 아직 재지 않는다",
        "from the source event until the agency can read the referral; not measured yet",
    ),
    "clock.day": (
        "시계가 모든 기업을 다시 판단한(또는 판단하고 있는) 날. 한국 날짜가 바뀐 뒤 "
        "2분에 시작한다. 기준일이 고정되어 있으면 그 날을 한 번만 판단한다",
        "the day for which the clock has decided (or is deciding) every firm anew; it begins two "
        "minutes after midnight in Korea. A fixed deciding day is decided once",
    ),
    "clock.changed": (
        "그 날에 판단이 달라진 사업장 수와, 그래서 만들어진 연계의 새 버전 수",
        "workplaces whose decision that day has changed, and new versions of referrals made of it",
    ),
    "clock.next": (
        "규정, 시책, 지정, 기관 가운데 무엇인가 시작하거나 끝나는 다음 날. "
        "기업마다의 날짜(협약, 종료)는 들어 있지 않다",
        "the next day on which a rule, measure, designation or agency begins or ends; the "
        "firms' own dates (agreements, ends) are not in it",
    ),
    "quarantine.count": (
        "원문 바이트와 함께 격리되어 사람을 기다리는 전문 수",
        "messages parked with their bytes, waiting for a person",
    ),
    "quarantine.oldest_s": (
        "가장 오래된 격리 전문이 격리된 뒤 지난 시간",
        "time since the oldest of them was parked",
    ),
    "reviews.count": (
        "번호가 서로 다른 기업을 가리켜 사람의 결정을 기다리는 검토 수 (naru review)",
        "doubts about which firm is meant that wait for a person (naru review)",
    ),
    "reviews.oldest_s": (
        "가장 오래된 검토가 열린 뒤 지난 시간",
        "time since the oldest of them was opened",
    ),
    "agencies.issued": (
        "그 기관에 한 번이라도 보낸 연계 수",
        "referrals that this agency has been sent at least once",
    ),
    "agencies.oldest_unacknowledged_s": (
        "보냈으나 수신이 기록되지 않은 연계 중 가장 오래된 것이 요청 상태가 된 뒤 지난 시간. "
        "허브는 아직 기관의 보고를 읽지 않는다",
        "time since the oldest referral without a recorded receipt was requested; the hub does not "
        "read the agencies' reports yet",
    ),
    "agencies.name_confirmed": (
        "기관 이름이 확인되었는가. 아니면 자리표시자",
        "whether the agency's name is confirmed; otherwise it is a placeholder",
    ),
    "agencies.area_confirmed": (
        "관할 시군구가 확인되었는가. 아니면 추정",
        "whether its area of jurisdiction is confirmed; otherwise it is approximated",
    ),
    "policy.rules": (
        "결정 기준일에 시행 중·시행 예정·종료된 규정. 시작일과 종료일을 포함한다",
        "rules in force, coming or ended on the deciding day, first and last day included",
    ),
    "policy.reviews": (
        "기한까지 다시 확인해야 하는 근거 고시. "
        "기한이 지나도 새 고시를 넣을 때까지 그대로 적용한다",
        "notices that had to be renewed by a day; they stay in use until a new one is entered",
    ),
    "funnel": (
        "받은 전문에서 연계까지, 지금까지의 누계",
        "from messages received to referrals, everything so far",
    ),
    "dependencies.latency_ms": (
        "이 화면을 위한 질의의 응답 시간(밀리초)",
        "milliseconds that this page's own question took",
    ),
    "processes.state": (
        "alive 4초 안에 신호, late 10초 안, stale 그 이상, gone 한 시간 넘음",
        "alive: reported within 4 s; late: within 10 s; stale: longer ago; gone: over an hour ago",
    ),
    "today": (
        "규정을 적용하는 날(한국 날짜)",
        "the day on which the rules are applied (Korean calendar)",
    ),
}
