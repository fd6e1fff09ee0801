"""Make .venv, install the locked dependencies, compile the translations. Quick when nothing has changed.

Run by file name with any Python >= 3.11, before anything is installed: standard library only.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from devtools.stack import machine
from devtools.stack.progress import doing, say

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements-dev.lock"
STAMP = VENV / "installed-from"
OLDEST = (3, 11)


CATALOGUES = ("onboarding/locale", "onboarding/former_locale")  # of present texts, and of those that were stored before
COMPILE = ["-m", "babel.messages.frontend", "-q", "compile", "-D", "django", "-d"]  # pybabel


class CannotSetUp(Exception):
    """Says what a person has to do."""


def main() -> int:
    """Exit status: 0 when everything is in place."""
    if sys.version_info < OLDEST:
        say(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
        return 1
    try:
        if not is_current():
            look_at_the_machine()
            make_environment()
            install()
            STAMP.write_text(wanted_stamp())
        compile_messages()
    except CannotSetUp as problem:
        say(str(problem))
        return 1
    return 0


def wanted_stamp() -> str:
    """What the stamp must say: the lock's hash, and where the environment stands (its scripts name that path)."""
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {VENV}\n"


def is_current() -> bool:
    """Whether .venv starts and was installed from this very lock."""
    return STAMP.exists() and STAMP.read_text() == wanted_stamp() and starts()


def starts() -> bool:
    """Whether .venv has a Python that is new enough and has pip."""
    test = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([str(PYTHON), "-c", test], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def look_at_the_machine() -> None:
    """Before anything runs: install python3-venv as root on Debian, else name every package that is lacking.

    What only the browser tests need is installed when they are run. Raises CannotSetUp when nothing can go on.
    """
    lacking = machine.lacking()
    if machine.VENV in lacking and machine.can_install():
        with doing("Installing Debian's python3-venv"):
            try:
                machine.install([machine.VENV])
            except machine.CannotInstall as problem:
                raise CannotSetUp(str(problem)) from problem
        return
    if machine.VENV in lacking:
        raise CannotSetUp(machine.advice(lacking))
    if lacking and not machine.can_install():
        say(machine.advice(lacking))


def make_environment() -> None:
    """A fresh .venv unless a usable one is there. Raises CannotSetUp."""
    if not starts() and not _venv():
        raise CannotSetUp(f"{sys.executable} cannot make a virtual environment (python -m venv failed, see above).")


def _venv() -> bool:
    with doing("Making .venv"):
        shutil.rmtree(VENV, ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode:
        say((made.stdout + made.stderr).strip())
    return made.returncode == 0


def install() -> None:
    """The locked dependencies, each by its hash. Raises CannotSetUp."""
    with doing("Installing the locked dependencies"):
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "-r", str(LOCK)], "pip install")


def compile_messages() -> None:
    """Every .po that is newer than its .mo. Raises CannotSetUp."""
    catalogues = [path for folder in CATALOGUES for path in ROOT.glob(f"{folder}/*/LC_MESSAGES/django.po")]
    if all(is_compiled(path) for path in catalogues):
        return
    with doing("Compiling the translations"):
        for folder in CATALOGUES:
            run([str(PYTHON), *COMPILE, folder], "the compilation of the translations")


def is_compiled(catalogue: Path) -> bool:
    """Whether the .mo beside `catalogue` is at least as new."""
    compiled = catalogue.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= catalogue.stat().st_mtime


def run(command: list[str], name: str) -> None:
    """Run quietly; its output is shown only when it fails. Raises CannotSetUp."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        say((done.stdout + done.stderr).strip())
        raise CannotSetUp(f"{name} failed with status {done.returncode}; its output is above.")


if __name__ == "__main__":
    sys.exit(main())
