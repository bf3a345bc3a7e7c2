"""An empty Debian of its own: this one's files with a layer of its own above them, its own processes, its own network.

Nothing that happens in it is left here: the layer is thrown away, and with its first process all of them end. It is made with
what Linux has (overlayfs, namespaces), as root. systemd does not run in it; `systemctl` is played by docker-systemctl-replacement,
which reads the same units.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.crash.servers import until
from tests.repository.sources import ROOT

TOOLS: Final = ROOT / ".cache/drill/bin"
BEGIN: Final = """
set -eu
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
cd "$1/root"
mount --rbind /dev dev
mount -t proc proc proc
mount -t tmpfs tmpfs tmp
mount -t tmpfs tmpfs run
ip link set lo up
rm -rf etc/systemd/system/*.wants etc/nginx/conf.d/* opt/tannha srv/tannha etc/tannha var/lib/tannha
mkdir -p run/lock run/postgresql
chmod 1777 tmp run/lock
chown postgres:postgres run/postgresql 2>/dev/null || true
touch "$1/up"
exec chroot . "$2" init
"""
PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Machine:
    folder: Path
    first: subprocess.Popen[bytes]

    @property
    def root(self) -> Path:
        """Of the machine; from outside only what was put there before it began can be read."""
        return self.folder / "root"

    def run(self, script: str, *, told: str = "", outside: bool = False, within_s: float = 900, **more: str) -> str:
        """Run a shell script as root, in root's home. `outside`: with this machine's network, to fetch packages.

        Returns what it printed. Raises AssertionError with all that it said when it failed.
        """
        pid = _first_inside(self.first.pid)
        spaces = ["--mount", "--pid", *([] if outside else ["--net"])]
        environment = [
            f"{name}={value}" for name, value in {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", **more}.items()
        ]
        words = ["nsenter", f"--target={pid}", *spaces, "chroot", str(self.root), "env", "--ignore-environment",
                 *environment, "bash", "-euo", "pipefail", "-c", f"cd /root\n{script}"]  # fmt: skip
        done = subprocess.run(words, input=told, capture_output=True, text=True, check=False, timeout=within_s)
        assert done.returncode == 0, (
            f"{script}\n--- exit {done.returncode}\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}"
        )
        return done.stdout

    def put(self, path: str, words: str, mode: int = 0o644) -> None:
        """Write a file of the machine."""
        self.run(f"install -D -m {mode:o} /dev/stdin {path}", told=words)

    def fetch(self, path: str) -> str:
        return self.run(f"cat {path}")


def _first_inside(unshare: int) -> int:
    """The process that `unshare --fork` made: number 1 of the machine."""
    return int(Path(f"/proc/{unshare}/task/{unshare}/children").read_text().split()[0])


@contextmanager
def empty_machine() -> Iterator[Machine]:
    """A Debian as it is here, with nothing of ours and no service running; gone afterwards (TANNHA_DRILL_KEEP=1: kept to look at)."""
    folder = Path(tempfile.mkdtemp(prefix="tannha-drill-", dir="/var/tmp"))
    for part in ("upper", "work", "root", "upper/usr/local/bin"):
        (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / part).chmod(0o755)
    folder.chmod(0o755)
    for name in ("systemctl", "journalctl"):
        _program(folder / "upper/usr/local/bin" / name, f'#!/bin/sh\nexec {TOOLS}/{name}3 "$@"\n')
    words = [
        "setpriv",
        "--pdeathsig",
        "KILL",
        "unshare",
        "--mount",
        "--net",
        "--pid",
        "--fork",
        "--kill-child",
        "bash",
        "-c",
        BEGIN,
        "machine",
    ]
    with (folder / "machine.log").open("wb") as said:
        first = subprocess.Popen(
            [*words, str(folder), "/usr/local/bin/systemctl"], stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
    try:
        _wait(folder, first)
        yield Machine(folder, first)
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
        if "TANNHA_DRILL_KEEP" not in os.environ:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            sys.stdout.write(f"The machine's files: {folder}/upper\n")


def _program(path: Path, words: str) -> None:
    path.write_text(words)
    path.chmod(0o755)


def _wait(folder: Path, first: subprocess.Popen[bytes]) -> None:
    def begun() -> bool:
        assert first.poll() is None, (folder / "machine.log").read_text()
        return (folder / "up").exists()

    until(begun, 20)
