"""Writes deploy/local/jgo.lock.toml anew: `python -m services.adapters.local.relock`.

Only for developers, after a change of jgo.toml: it resolves the whole tree over the network.
"""

import sys
import tempfile
from pathlib import Path

from jgo.env import EnvironmentBuilder, EnvironmentSpec, LockFile
from jgo.maven import MavenContext

from services.adapters.local.places import shipped


def relock(spec_path: Path, lock_path: Path) -> int:
    """Resolve the spec and write every jar with its SHA-256; returns how many there are."""
    spec = EnvironmentSpec.load(spec_path)
    with tempfile.TemporaryDirectory() as folder:
        context = MavenContext(repo_cache=Path(folder), timeout=60)
        builder = EnvironmentBuilder(context, cache_dir=Path(folder))
        given, behind = context.resolver.resolve(builder.spec_to_dependencies(spec))
        needed = [*given, *(one for one in behind if one.scope in ("compile", "runtime"))]
        lock = LockFile.from_resolved_dependencies(
            needed,
            environment_name=spec.name,
            java_version=spec.java_version,
            entrypoints=spec.entrypoints,
            default_entrypoint=spec.default_entrypoint,
        )
        lock.save(lock_path)
    return len(needed)


if __name__ == "__main__":
    print(relock(shipped("jgo.toml"), shipped("jgo.lock.toml")), file=sys.stderr)
