"""The servers that this folder runs for itself, in var/, unless the environment names others.

Whoever starts them holds a lock on var/, so that a command and `make run` never start two servers
on the same files; a second command borrows the running ones.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from config.embedded.postgres import CannotStart, Postgres
from config.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent.parent
BORROW_TIMEOUT_S = 300.0
"""As long as whoever starts them may take."""


def var_folder() -> Path:
    return Path(os.environ.get("HUSTINGS_VAR", "").strip() or ROOT / "var").resolve()


class Servers:
    """PostgreSQL where DATABASE_URL is not set, Valkey where REDIS_URL is not."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self._lock: IO[str] | None = None
        var.mkdir(parents=True, exist_ok=True, mode=0o711)
        self.postgres = None if _is_named("DATABASE_URL") else Postgres(var / "postgres")
        self.valkey = None if _is_named("REDIS_URL") else Valkey(var / "valkey")

    def claim(self) -> bool:
        """Take the lock on var/. False where another process runs these servers."""
        lock = (self.var / "servers.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return False
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock
        return True

    def holder(self) -> str:
        return (self.var / "servers.lock").read_text().strip()

    def start_postgres(self) -> None:
        """Start it and tell our children, and other commands, where it is."""
        if self.postgres is None:
            return
        self.postgres.start()
        self.postgres.make_database()
        os.environ["DATABASE_URL"] = self.postgres.url()
        _leave(self.var / "postgres.url", self.postgres.url())

    def start_valkey(self) -> None:
        if self.valkey is None:
            return
        self.valkey.start()
        os.environ["REDIS_URL"] = self.valkey.url()
        _leave(self.var / "redis.url", self.valkey.url())

    def stop(self) -> None:
        """Stop what we started. Without the lock it was another who started what runs here."""
        if self._lock is None:
            return
        if self.valkey is not None:
            (self.var / "redis.url").unlink(missing_ok=True)
            self.valkey.stop()
        if self.postgres is not None:
            (self.var / "postgres.url").unlink(missing_ok=True)
            self.postgres.stop()
        self._lock.close()
        self._lock = None


def _is_named(variable: str) -> bool:
    return bool(os.environ.get(variable, "").strip())


def _leave(path: Path, address: str) -> None:
    """Write an address whole or not at all, readable by us alone."""
    made = path.with_name(f"{path.name}.{os.getpid()}")
    made.touch(mode=0o600)
    made.write_text(f"{address}\n")
    made.replace(path)


@contextmanager
def own_servers(say: Callable[[str], None]) -> Iterator[None]:
    """Have both servers for the length of one command: borrowed if they run, else our own."""
    servers = Servers(var_folder())
    if servers.postgres is None and servers.valkey is None:
        yield
        return
    with (servers.var / "borrowers.lock").open("a+") as borrowers:
        fcntl.flock(borrowers, fcntl.LOCK_SH)
        if not servers.claim():
            _borrow(servers, say)
            yield
            return
        try:
            servers.start_postgres()
            servers.start_valkey()
            yield
        finally:
            _wait_for_borrowers(borrowers, say)
            servers.stop()


def _borrow(servers: Servers, say: Callable[[str], None]) -> None:
    give_up_at = time.monotonic() + BORROW_TIMEOUT_S
    for name, file, is_ours in (
        ("DATABASE_URL", servers.var / "postgres.url", servers.postgres is not None),
        ("REDIS_URL", servers.var / "redis.url", servers.valkey is not None),
    ):
        if is_ours and not file.exists():
            say(f"Waiting for process {servers.holder()} to start the servers in {servers.var}.")
        while is_ours and not file.exists():
            if time.monotonic() > give_up_at:
                raise CannotStart(
                    f"Process {servers.holder()} holds the servers in {servers.var} and has not "
                    "started them.\nStop it, or wait for it, and try again."
                )
            time.sleep(0.1)
        if is_ours:
            os.environ[name] = file.read_text().strip()


def _wait_for_borrowers(borrowers: IO[str], say: Callable[[str], None]) -> None:
    """The servers are ours, but another command may still be using them."""
    try:
        fcntl.flock(borrowers, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        say("Waiting for another command that uses this database.")
        fcntl.flock(borrowers, fcntl.LOCK_EX)
