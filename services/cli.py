"""The command `naru`. Every command takes `--json`; exit status 0 done, 1 a check failed, 2 wrong
use, 3 a needed service is not there."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.commands import (
    calculator,
    checks,
    clock,
    explain,
    firm,
    laboratory,
    policy,
    review,
    stack,
    trials,
)
from services.commands.demo import demo as run_demo
from services.commands.options import (
    DataDir,
    From,
    Json,
    Kafka,
    PolicyDir,
    Postgres,
    To,
    Today,
    day,
)
from services.commands.options import done as _done
from services.commands.options import settings_of as _settings
from services.commands.output import Said, console, print_json
from services.commands.run import ROLES, run_role
from services.commands.showing import show_replay
from services.commands.usage import run_words
from services.errors import WrongUse

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="나루: 부처 간 데이터 교환·연계 허브 · Naru: the inter-ministry exchange and referral hub",
)

app.add_typer(policy.app, name="policy")
app.add_typer(review.app, name="review")
app.add_typer(firm.app, name="firm")
app.command()(calculator.entitlement)
app.command()(explain.explain)
app.command()(clock.clock)
app.command()(trials.bench)
app.command()(trials.chaos)


@app.command()
def up(
    detach: Annotated[bool, typer.Option(help="return when ready · 준비되면 복귀")] = False,
    ingest: Annotated[
        int | None, typer.Option(min=1, max=16, help="ingest workers · 수집기 수")
    ] = None,
    data_dir: DataDir = None,
    kafka_dir: Annotated[
        Path | None, typer.Option(help="an unpacked Kafka, or a folder of jars · 카프카 폴더")
    ] = None,
    java: Annotated[str | None, typer.Option(help="the java to use · 자바 경로")] = None,
    today: Today = None,
    web_port: Annotated[
        int | None, typer.Option(help="status page's port · 상태 화면 포트")
    ] = None,
    schema_wait: Annotated[
        float | None, typer.Option(help="seconds an unknown schema may still arrive · 스키마 대기")
    ] = None,
    json: Json = False,
) -> None:
    """Start Postgres, Kafka and all processes · 전체 시작"""
    settings = _settings(
        workers=ingest,
        data_dir=data_dir,
        kafka_dir=kafka_dir,
        java=java,
        today=today,
        web_port=web_port,
        schema_wait_s=schema_wait,
    )

    def work() -> int:
        said = Said(json)
        if not detach:
            stack.up(settings, said)
            return 0
        state = stack.up_detached(settings, said)
        if json:
            print_json(state.addresses())
        else:
            console().print(f"나루 준비됨 · Naru is up: {state.addresses()['web']}")
        return 0

    _done(work, json)


@app.command()
def down(data_dir: DataDir = None, json: Json = False) -> None:
    """Stop everything · 전체 중지"""
    _done(lambda: checks.down(_settings(data_dir=data_dir), json), json)


@app.command()
def ps(data_dir: DataDir = None, json: Json = False) -> None:
    """The processes · 프로세스 목록"""
    _done(lambda: checks.ps(_settings(data_dir=data_dir), json), json)


@app.command()
def logs(
    role: str,
    follow: Annotated[bool, typer.Option("--follow", "-f")] = False,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """A process's log · 기록 보기"""
    _done(lambda: checks.logs(_settings(data_dir=data_dir), role, follow), json)


@app.command()
def run(
    role: Annotated[str, typer.Argument(help=" | ".join(ROLES))],
    slot: Annotated[int | None, typer.Option(help="number of this worker · 처리기 번호")] = None,
    kafka: Kafka = None,
    postgres: Postgres = None,
    today: Today = None,
    json: Json = False,
) -> None:
    """Run one process alone · 한 프로세스만 실행"""

    def work() -> int:
        if role not in ROLES:
            names = ", ".join(ROLES)
            raise WrongUse(f"모르는 역할: {role} ({names})", f"unknown role {role} ({names})")
        return run_role(_settings(slot=slot, kafka=kafka, postgres=postgres, today=today), role)

    _done(work, json)


@app.command()
def migrate(kafka: Kafka = None, postgres: Postgres = None, json: Json = False) -> None:
    """Bring database, schemas and topics up to date · 데이터베이스·스키마·토픽 준비"""
    settings = _settings(kafka=kafka, postgres=postgres)

    def work() -> int:
        asyncio.run(stack.prepare(settings))
        return 0

    _done(work, json)


@app.command()
def simulate(
    events: Annotated[int, typer.Option(min=1)] = 2000,
    seed: int = 1,
    programme: Annotated[list[str] | None, typer.Option(help="folder; may be repeated")] = None,
    rate: Annotated[float, typer.Option(min=0, help="events/s, 0 = full speed")] = 0,
    duplicates: float = 0.05,
    late: float = 0.05,
    corrections: float = 0.05,
    defects: float = 0.03,
    data_dir: DataDir = None,
    kafka: Kafka = None,
    postgres: Postgres = None,
    json: Json = False,
) -> None:
    """Publish seeded, realistic events · 모의 사건 발행"""
    settings = _settings(data_dir=data_dir, kafka=kafka, postgres=postgres)
    shares = {
        "duplicates": duplicates,
        "late": late,
        "corrections": corrections,
        "defects": defects,
    }
    _done(
        lambda: checks.simulate(settings, events, seed, tuple(programme or ()), rate, shares, json),
        json,
    )


@app.command()
def drain(
    timeout: Annotated[float, typer.Option(help="seconds · 초")] = 60,
    data_dir: DataDir = None,
    kafka: Kafka = None,
    postgres: Postgres = None,
    json: Json = False,
) -> None:
    """Wait until all is consumed and published · 모두 처리될 때까지 대기"""
    settings = _settings(data_dir=data_dir, kafka=kafka, postgres=postgres)
    _done(lambda: checks.drain(settings, timeout, json), json)


@app.command()
def convert(
    programme: str,
    file: Annotated[str, typer.Argument(help="JSON lines, - = standard input")] = "-",
    schema_id: int = 1,
    alone: bool = False,
    json: Json = False,
) -> None:
    """Try a partner's events without a server · 전문 시험"""
    _done(lambda: checks.convert(programme, file, schema_id, alone), json)


@app.command()
def decide(
    file: Annotated[str, typer.Argument(help="facts, JSON lines, - = standard input")] = "-",
    policy_dir: PolicyDir = None,
    json: Json = False,
) -> None:
    """Facts in, decision out · 사실 → 판단"""
    settings = _settings(policy_dir=policy_dir)
    _done(lambda: checks.decide(settings, file), json)


@app.command()
def replay(
    first: From = None,
    last: To = None,
    listed: Annotated[
        int, typer.Option("--list", min=0, help="differences listed at most · 최대 표시 수")
    ] = laboratory.LISTED,
    data_dir: DataDir = None,
    postgres: Postgres = None,
    json: Json = False,
) -> None:
    """Past decisions again, proved equal by hash · 저장된 판단 재현"""
    settings = _settings(data_dir=data_dir, postgres=postgres)

    def work() -> int:
        found = laboratory.replay(settings, day(first), day(last), listed)
        if json:
            print_json(found)
        else:
            show_replay(found)
        return 0 if found["equal"] else 1

    _done(work, json)


@app.command()
def config(json: Json = False) -> None:
    """Every setting, its value and origin · 설정 보기"""
    _done(lambda: checks.config(_settings(), json), json)


@app.command()
def demo(
    events: Annotated[int, typer.Option(min=100)] = 2000,
    once: Annotated[bool, typer.Option(help="end by itself · 스스로 종료")] = False,
    data_dir: DataDir = None,
    today: Today = None,
    json: Json = False,
) -> None:
    """The main job on real parts · 시연"""
    settings = _settings(data_dir=data_dir, today=today or datetime(2026, 4, 15))  # noqa: DTZ001
    _done(lambda: run_demo(settings, events, once, json), json)


def main() -> None:
    """The entry point: usage errors are said in both languages and end with status 2."""
    sys.exit(run_words(app, sys.argv[1:]))


if __name__ == "__main__":
    main()
