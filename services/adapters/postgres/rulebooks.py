"""The policies under which decisions were taken, kept beside them."""

from collections.abc import Iterable

from services.adapters.postgres.connect import Connection, ours


async def keep(connection: Connection, policy_hash: bytes, content: bytes) -> None:
    """Stores a policy before the first decision under it; again does nothing."""
    async with ours():
        await connection.execute(
            "insert into policy_version (policy_hash, content) values ($1, $2)"
            " on conflict (policy_hash) do nothing",
            policy_hash,
            content,
        )


async def kept(connection: Connection, hashes: Iterable[bytes]) -> dict[bytes, bytes]:
    """The stored policies among these, by hash."""
    async with ours():
        rows = await connection.fetch(
            "select policy_hash, content from policy_version where policy_hash = any($1)",
            list(hashes),
        )
    return {row[0]: row[1] for row in rows}


async def used(connection: Connection) -> list[bytes]:
    """The policies under which a stored decision was taken."""
    async with ours():
        rows = await connection.fetch("select distinct policy_hash from decision")
    return [row[0] for row in rows]
