"""Settings with the addresses of the running local stack, where none are given."""

from services.adapters.local.state import read_state
from services.errors import ServiceMissing
from services.settings import Settings


def located(settings: Settings, kafka: bool = True) -> Settings:
    """Settings whose kafka and postgres are filled in; raises ServiceMissing where nothing runs.

    kafka: whether the command needs it; else a Postgres alone will do.
    """
    if settings.postgres.get_secret_value() and (settings.kafka or not kafka):
        return settings
    state = read_state(settings.data_dir.expanduser().absolute())
    if state.phase != "ready" or not state.supervised:
        raise ServiceMissing(
            "실행 중인 나루가 없습니다. 먼저 `naru up`을 실행하세요.",
            "no Naru is running here. Run `naru up` first.",
        )
    addresses = state.addresses()
    return settings.model_copy(
        update={
            "kafka": settings.kafka or addresses["kafka"],
            "postgres": settings.postgres
            if settings.postgres.get_secret_value()
            else type(settings.postgres)(addresses["postgres"]),
        }
    )
