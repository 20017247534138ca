"""`naru up` in small, for the tests: the real supervisor with roles that are easy to hurt.

Arguments: data folder, cache folder, then words: "stubborn" adds a role that will not end,
"broken" a preparation that fails.
"""

import os
import sys
from pathlib import Path

from services.adapters.local.options import LocalOptions, Progress
from services.adapters.local.plan import Addresses, Plan, RoleSpec
from services.adapters.local.supervisor import supervise
from services.errors import NaruError

STUBBORN = "trap '' TERM; echo deaf; while true; do sleep 0.05; done"


def main(data_dir: str, cache_dir: str, *words: str) -> int:
    env = dict(os.environ)

    def role(name: str, *argv: str, url: str = "") -> RoleSpec:
        return RoleSpec(name, argv, env, url)

    def plan(found: Addresses) -> Plan:
        url = f"http://127.0.0.1:{found.web_port}"
        serve = ("-m", "http.server", "--bind", "127.0.0.1", str(found.web_port))
        roles = [role("sleeper", "/bin/sleep", "600"), role("web", sys.executable, *serve, url=url)]
        if "stubborn" in words:
            roles.append(role("stubborn", "/bin/sh", "-c", STUBBORN))
        ending = "echo no topics; exit 4" if "broken" in words else "exit 0"
        return Plan(tuple(roles), role("prepare", "/bin/sh", "-c", ending), url)

    options = LocalOptions(Path(data_dir), Path(cache_dir), fast=True)
    try:
        supervise(options, plan, show)
    except NaruError as cause:
        print(cause.message_en, file=sys.stderr)
        return cause.exit_code
    return 0


def show(progress: Progress) -> None:
    print(progress.ko, progress.en, flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
