"""A process of the hub as the supervisor starts it."""

import os
import signal
import subprocess
import sys
import time

from services.commands.process import command


def test_whoever_is_stopped_while_loading_ends_in_good_order() -> None:
    env = {name: text for name, text in os.environ.items() if not name.startswith("NARU_")}
    for pause in (0.1, 0.3):
        process = subprocess.Popen(command("relay"), env=env)
        try:
            time.sleep(pause)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        finally:
            process.kill()
            process.wait()


LOADING = """
import os, signal, sys, types
from services.commands.process import main

class Loading(types.ModuleType):
    def __getattr__(self, name):
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            for _ in range(1000): pass
        except BaseException:
            pass
        return lambda *_: 9

sys.modules["services.commands.run"] = Loading("run")
sys.exit(main(["relay"]))
"""


def test_a_module_that_swallows_everything_does_not_swallow_the_end() -> None:
    """Libraries try imports and catch whatever comes; then nobody heard of the signal."""
    assert subprocess.run([sys.executable, "-c", LOADING], timeout=30).returncode == 0
