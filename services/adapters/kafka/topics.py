"""Creating the hub's topics."""

import asyncio

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaConnectionError, KafkaError, for_code

from services.domain.topics import Topic
from services.errors import ServiceMissing, Transient

_ALREADY_THERE = 36
_LARGEST_OWN = str(8 * 1024 * 1024)


def no_answer(servers: str, error: BaseException) -> ServiceMissing:
    """The error for a broker that does not answer."""
    return ServiceMissing(
        f"Kafka({servers})에 연결할 수 없습니다. `naru up`을 먼저 실행하세요. ({error})",
        f"Kafka ({servers}) does not answer. Run `naru up` first. ({error})",
    )


async def create_topics(servers: str, topics: list[Topic], replication: int = 1) -> None:
    """Creates those that are missing; leaves the others as they are."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers, request_timeout_ms=20_000)
    try:
        await asyncio.wait_for(admin.start(), 30)
        present = set(await admin.list_topics())
        missing = [t for t in topics if t.name not in present]
        if missing:
            answer = await admin.create_topics(
                [
                    NewTopic(
                        t.name,
                        t.partitions,
                        replication,
                        topic_configs=_settings(t),
                    )
                    for t in missing
                ]
            )
            _check(answer.topic_errors)
    except (KafkaConnectionError, TimeoutError) as error:
        raise no_answer(servers, error) from error
    except KafkaError as error:
        raise Transient(f"토픽 생성 실패: {error}", f"creating topics failed: {error}") from error
    finally:
        await asyncio.wait_for(admin.close(), 10)


def _settings(topic: Topic) -> dict[str, str]:
    """What others send is small (F17); what we send names all a firm takes part in, and must never
    be too large for the relay to get rid of."""
    found = {} if topic.incoming else {"max.message.bytes": _LARGEST_OWN}
    return {**found, "cleanup.policy": "compact"} if topic.compacted else found


def _check(topic_errors: list[tuple[str, int, str]]) -> None:
    failed = [
        f"{name}: {for_code(code).__name__}"
        for name, code, *_ in topic_errors
        if code not in (0, _ALREADY_THERE)
    ]
    if failed:
        text = ", ".join(failed)
        raise Transient(f"토픽 생성 실패: {text}", f"creating topics failed: {text}")
