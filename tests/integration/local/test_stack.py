"""The two real servers: started, hurt, restarted, and started from other places."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from services.adapters.local import ports
from services.adapters.local.jars import find_jars
from services.adapters.local.options import LocalOptions, quiet
from services.adapters.local.privileges import NOBODY, Guise, home_for
from services.adapters.local.probe import broker_answers
from services.adapters.local.processes import identify, wait_gone
from services.adapters.local.servers import lock_folder, make_servers, resolved, start_server
from services.adapters.local.stack import Stack, running_stack, start_stack, stop_stack
from services.errors import WrongUse

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def stack(module_options: LocalOptions) -> Iterator[Stack]:
    with running_stack(module_options) as running:
        yield running


@pytest.mark.parametrize("server", ["postgres", "kafka"])
def test_what_was_acknowledged_survives_a_kill(stack: Stack, contents: Any, server: str) -> None:
    held = contents(stack.dsn, stack.kafka)
    held.put(f"before the kill of {server}")
    before = (stack.kafka, stack.dsn, held.words())
    stack.kill(server, signal.SIGKILL)
    stack.start(server)
    assert (stack.kafka, stack.dsn, held.words()) == before


def test_a_folder_serves_one_stack_at_a_time(stack: Stack, module_options: LocalOptions) -> None:
    with pytest.raises(WrongUse) as caught:
        start_stack(module_options)
    assert "naru down" in caught.value.message_ko
    assert broker_answers(int(stack.kafka.rpartition(":")[2]))


def test_only_loopback_listens_and_only_with_the_password(stack: Stack) -> None:
    for name in ("kafka", "postgres"):
        listening = [
            one.laddr.ip
            for one in psutil.Process(stack.pid(name)).net_connections("tcp")
            if one.status == psutil.CONN_LISTEN
        ]
        assert {ip.removeprefix("::ffff:") for ip in listening} == {ports.LOOPBACK}
    secret = stack.data_dir / "postgres.password"
    assert secret.stat().st_mode & 0o077 == 0
    assert (stack.data_dir.stat().st_mode & 0o077) in (0, 0o011)


def test_a_port_that_somebody_took_meanwhile_is_given_up(options: LocalOptions) -> None:
    options = resolved(options)
    lock = lock_folder(options.data_dir)
    servers = make_servers(options, {})
    for server in servers:
        server.prepare(quiet)
        wanted = server.ports[server.name]
        with socket.socket() as intruder:
            intruder.bind((ports.LOOPBACK, wanted))
            intruder.listen()
            process = start_server(server, options.logs / f"{server.name}.log")
        assert server.ports[server.name] != wanted
        process.send_signal(server.stop_signal)
        process.wait(20)
    os.close(lock)


@pytest.fixture
def offline(options: LocalOptions, tmp_path: Path) -> LocalOptions:
    """A machine without a network and without anything in its cache, given a folder of jars."""
    jars = tmp_path / "jars" / "somewhere"
    jars.mkdir(parents=True)
    for jar in find_jars(options, quiet):
        (jars / jar.name).symlink_to(jar)
    empty = tmp_path / "cache"
    return replace(options, kafka_dir=tmp_path / "jars", cache_dir=empty, offline=True)


def test_a_folder_of_jars_is_enough_and_the_java_cache_is_never_needed(
    offline: LocalOptions,
) -> None:
    with running_stack(offline, fast=False):
        pass
    (learned,) = (offline.cache_dir / "java").glob("*.aot")
    with running_stack(offline) as running:
        assert f"-XX:AOTCache={learned}" in psutil.Process(running.pid("kafka")).cmdline()
    with learned.open("r+b") as file:
        file.seek(learned.stat().st_size // 4)
        file.write(os.urandom(learned.stat().st_size // 2))
    with running_stack(offline) as running:
        assert broker_answers(int(running.kafka.rpartition(":")[2]))


AS_ANOTHER = """
import sys
from dataclasses import replace
from pathlib import Path
from services.adapters.local.jars import find_jars
from services.adapters.local.options import LocalOptions
from services.adapters.local.stack import running_stack
data, cache, drop = sys.argv[1:]
with running_stack(LocalOptions(Path(data), Path(cache), drop_privileges=drop)) as stack:
    print(stack.kafka, stack.dsn)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_an_ordinary_user_can_run_it(options: LocalOptions) -> None:
    """In a user namespace we are an ordinary user who may still read root's Python."""
    unshare = shutil.which("unshare")
    if not unshare:
        pytest.skip("no unshare")
    become = (unshare, "--user", "--map-user=1000", "--map-group=1000", "--")
    done = _run_as(become, options, "auto")
    assert "postgresql://" in done.stdout, done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_root_can_drop_to_nobody_where_namespaces_are_off(options: LocalOptions) -> None:
    reachable = home_for(Guise(user=NOBODY), resolved(options).data_dir, "postgres")
    try:
        done = _run_as((), options, "nobody")
        assert "postgresql://" in done.stdout, done.stderr
        assert (reachable / "PG_VERSION").stat().st_uid == NOBODY
    finally:
        shutil.rmtree(reachable.parent)


def _run_as(
    become: tuple[str, ...], options: LocalOptions, drop: str
) -> subprocess.CompletedProcess[str]:
    argv = (sys.executable, "-c", AS_ANOTHER, str(options.data_dir), str(options.cache_dir), drop)
    return subprocess.run((*become, *argv), capture_output=True, text=True, timeout=60)


ABANDONED = """
import sys, time
from pathlib import Path
from services.adapters.local.jars import find_jars
from services.adapters.local.options import LocalOptions
from services.adapters.local.stack import start_stack
stack = start_stack(LocalOptions(Path(sys.argv[1]), Path(sys.argv[2])))
print(stack.pid("kafka"), stack.pid("postgres"), flush=True)
time.sleep(60)
"""


def test_servers_end_with_a_program_that_is_killed(options: LocalOptions) -> None:
    argv = (sys.executable, "-c", ABANDONED, str(options.data_dir), str(options.cache_dir))
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        servers = [identify(int(pid)) for pid in program.stdout.readline().split()]
        program.kill()
    assert len(servers) == 2
    assert wait_gone([server for server in servers if server], 10)


def test_a_stack_that_was_stopped_starts_again_with_its_data(
    options: LocalOptions, contents: Any
) -> None:
    first = start_stack(options)
    contents(first.dsn, first.kafka).put("kept")
    stop_stack(first)
    with running_stack(options) as second:
        assert contents(second.dsn, second.kafka).words() == (["kept"], ["kept"])
