"""Both commands of the README on minimal Debian machines that are made for the occasion, from the committed HEAD.

Each machine is a debootstrap with git, make, python3 and python3-venv, entered with processes, mounts and /dev/shm of
its own. It shares the network with this machine, and how this machine reaches its registries: pip's settings and the
certificates. Prints for each machine what was installed on it and how long each command took; exit status 0 only when
everything was green. Needs root; says so and ends with 0 where it is not.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from devtools.stack import machine
from devtools.stack.processes import Interrupted, interruptible
from devtools.stack.progress import doing, say

ROOT = Path(__file__).resolve().parent.parent.parent
LOGS = ROOT / ".fresh"
SUITES = {"12": "bookworm", "13": "trixie"}
PACKAGES = "git,make,python3,python3-venv"
SHARED = ("/etc/resolv.conf", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
PROJECT = "/root/project"
READY, STOPPED = "The dashboard runs:", "make demo goes on from here"
DEMO_WITHIN, STOP_WITHIN = 1200.0, 60.0  # seconds; the first one includes what the registries take
TAIL = 40  # lines
ENTER = """
mount -t proc proc "$0/proc"
mount -t tmpfs tmpfs "$0/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$0/dev/pts"
exec chroot "$0" sh -c "cd {project} && $1"
"""


class NotGreen(RuntimeError):
    """A command on the machine failed; the message says which, and where its output is."""


@dataclass
class Machine:
    """One minimal Debian in `folder`; `log` takes what its commands write."""

    release: str
    folder: Path
    log: Path
    took: dict[str, float] = field(default_factory=dict)

    def make(self) -> None:
        """Install the system, and clone HEAD into it. Raises NotGreen."""
        suite = SUITES[self.release]
        with self.timed("debootstrap"), doing(f"Debian {self.release}: making the machine"):
            self._here("debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, str(self.folder))
        for path in SHARED:
            if Path(path).exists():
                place = self.folder / path.lstrip("/")
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, place)
        (self.folder / "etc" / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
        self._here("git", "clone", "-q", str(ROOT), f"{self.folder}{PROJECT}")

    def _here(self, *command: str) -> None:
        with self.log.open("ab") as log:
            if subprocess.run(command, stdout=log, stderr=log, check=False).returncode:
                raise self.failed(command[0])

    def begin(self, command: str) -> subprocess.Popen[bytes]:
        """Start a command in the project's folder. It and all its processes end with the process that is returned."""
        enter = ENTER.format(project=PROJECT)
        isolated = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-e", "-c", enter]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "CI": "true"}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*isolated, str(self.folder), command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def run(self, command: str) -> None:
        """Run a command in the project's folder to its end. Raises NotGreen."""
        process = self.begin(command)
        try:
            status = process.wait()
        finally:
            end(process)
        if status:
            raise self.failed(command)

    def demo(self) -> None:
        """`make demo` until the dashboard runs, then Ctrl-C. Raises NotGreen."""
        before = self.log.stat().st_size
        process = self.begin("exec make demo")
        try:
            with self.timed("make demo, until ready"):
                deadline = time.monotonic() + DEMO_WITHIN
                while READY not in self.said_since(before):
                    if process.poll() is not None or time.monotonic() > deadline:
                        raise self.failed("make demo")
                    time.sleep(0.2)
            with self.timed("make demo, to stop"):
                os.killpg(process.pid, signal.SIGINT)
                process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired as error:
            raise self.failed("make demo, on Ctrl-C,") from error
        finally:
            end(process)
        if STOPPED not in self.said_since(before):
            raise self.failed("make demo, on Ctrl-C,")

    def said_since(self, offset: int) -> str:
        """What was written to the log after `offset` bytes."""
        with self.log.open("rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")

    def failed(self, what: str) -> NotGreen:
        """With the end of the log."""
        lines = self.said_since(0).splitlines()[-TAIL:]
        end_of_log = "\n".join(f"    {line}" for line in lines)
        return NotGreen(f"Debian {self.release}: {what} failed. The end of {self.log}:\n{end_of_log}")

    def packages(self) -> set[str]:
        """The names of Debian's packages that were asked for there, as against those that came with others."""
        done = subprocess.run(
            ["chroot", str(self.folder), "apt-mark", "showmanual"], capture_output=True, text=True, check=True
        )
        return set(done.stdout.split())

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Note how many seconds the block takes."""
        began = time.monotonic()
        yield
        self.took[what] = time.monotonic() - began


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left; unshare's child takes every process of the machine with it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def try_out(release: str, tests: str, folder: Path) -> None:
    """Both commands on one machine; says what was installed and how long it took. Raises NotGreen."""
    LOGS.mkdir(exist_ok=True)
    log = LOGS / f"debian-{release}.log"
    log.write_bytes(b"")
    made = Machine(release, folder, log)
    made.make()
    minimal = made.packages()
    with doing(f"Debian {release}: make demo"):
        made.demo()
    with made.timed("make test"), doing(f"Debian {release}: make test {tests}".rstrip()):
        made.run(f"make test TESTS='{tests}'" if tests else "make test")
    installed = ", ".join(sorted(made.packages() - minimal)) or "nothing"
    print(f"Debian {release}: green. There was {PACKAGES.replace(',', ', ')}; installed was {installed}.")
    for what, seconds in made.took.items():
        print(f"  {what:24} {seconds:6.0f} s", flush=True)


def why_not() -> str:
    """Why no machine can be made here; empty when one can. Installs debootstrap where that is possible."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "Skipped: make fresh makes Debian machines and enters them, which only root on Linux may do."
    package = machine.Package("debootstrap", "make fresh", lambda: shutil.which("debootstrap") is not None)
    if package.is_there():
        return ""
    if not machine.can_install():
        return "Skipped: make fresh needs debootstrap, which is not on this machine."
    with doing("Installing Debian's debootstrap"):
        machine.install([package])
    return ""


def arguments() -> argparse.Namespace:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", default=" ".join(SUITES), help="of Debian, separated by spaces")
    parser.add_argument("--tests", default="", help="what make test is given; everything when empty")
    return parser.parse_args()


def main() -> int:
    """One machine after the other, each removed at its end."""
    wanted, status = arguments(), 0
    with interruptible():
        try:
            reason = why_not()
            if reason:
                say(reason)
                return 0
            for release in wanted.releases.split():
                with tempfile.TemporaryDirectory(prefix=f"debian-{release}-") as folder:
                    Path(folder).chmod(0o755)
                    try:
                        try_out(release, wanted.tests, Path(folder))
                    except NotGreen as problem:
                        say(str(problem))
                        status = 1
        except machine.CannotInstall as problem:
            say(str(problem))
            return 1
        except Interrupted:
            say("Stopped.")
            return 130
    return status


if __name__ == "__main__":
    sys.exit(main())
