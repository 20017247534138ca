"""A process of the hub as the supervisor starts it."""

import os
import signal
import subprocess
import time

from services.commands.process import command


def test_whoever_is_stopped_while_loading_ends_in_good_order() -> None:
    env = {name: text for name, text in os.environ.items() if not name.startswith("NARU_")}
    for pause in (0.1, 0.3):
        process = subprocess.Popen(command("relay"), env=env)
        time.sleep(pause)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
