"""What a machine must have besides Python, and how Debian gives it. Standard library only."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

# Without the windows, extensions and services that no test looks at, Chromium takes a fraction of the processor's time.
WITHOUT_WINDOWS = "chromium-headless-shell"
BROWSERS = (WITHOUT_WINDOWS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSER = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
DEBIAN = Path("/etc/debian_version")


class CannotInstall(RuntimeError):
    """apt-get failed; the message carries its output."""


@dataclass(frozen=True)
class Package:
    """A package of Debian's. `use` completes the sentence "the package is needed for …"."""

    name: str
    use: str
    is_there: Callable[[], bool]


def browser() -> str | None:
    """The path of a Chromium that is installed, best the one without windows."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found or (str(MAC_BROWSER) if MAC_BROWSER.exists() else None)


def has_it_without_windows() -> bool:
    """Whether there is a Chromium that does nothing but what it is told."""
    return shutil.which(WITHOUT_WINDOWS) is not None


def has_venv() -> bool:
    """Whether this Python can make a virtual environment with pip; Debian's own cannot without a package."""
    test = "import ensurepip, venv"
    return subprocess.run([sys.executable, "-c", test], capture_output=True, check=False).returncode == 0


def has_libatomic() -> bool:
    """Whether the Node.js program in Playwright's wheel finds the one library that it does not carry; only on Linux."""
    if sys.platform != "linux":
        return True
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def faketime() -> str | None:
    """The path of the library that shows a program another time."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return str(found[0]) if found else None


VENV = Package("python3-venv", "everything", has_venv)
LIBATOMIC = Package("libatomic1", "the program that drives the browser", has_libatomic)
FOR_BROWSER_TESTS = (Package(WITHOUT_WINDOWS, "the browser tests", lambda: browser() is not None), LIBATOMIC)
BEST_FOR_BROWSER_TESTS = (Package(WITHOUT_WINDOWS, "quick browser tests", has_it_without_windows), LIBATOMIC)
"""Any Chromium will do; this one is installed where nobody has to be asked."""
FAKETIME = Package("libfaketime", "the clocks of `make faults`", lambda: faketime() is not None)
PACKAGES = (VENV, *FOR_BROWSER_TESTS)


def lacking(packages: Iterable[Package] = PACKAGES) -> list[Package]:
    """Those that are not there."""
    return [each for each in packages if not each.is_there()]


def advice(packages: Iterable[Package]) -> str:
    """One sentence that names every package, what each is for, and the command that installs all."""
    wanted = list(packages)
    named = ", ".join(f"{each.name} (for {each.use})" for each in wanted)
    command = "sudo apt install " + " ".join(each.name for each in wanted)
    if sys.platform == "darwin":
        command = "brew install python && brew install --cask google-chrome"
    return f"This machine lacks {named}: {command}"


def can_install() -> bool:
    """Whether this is root on a Debian with apt-get."""
    return DEBIAN.exists() and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: Iterable[Package]) -> None:
    """Install Debian's packages, quietly. Raises CannotInstall."""
    names = [each.name for each in packages]
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *names]):
        done = subprocess.run(
            ["apt-get", *words],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CannotInstall(f"apt-get {' '.join(words)} failed: {(done.stdout + done.stderr).strip()}")
