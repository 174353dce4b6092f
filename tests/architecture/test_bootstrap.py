"""bin/bootstrap on machines that lack something: it names the thing and the command that installs it."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
TOOLS = ("sh", "cat", "cksum", "dirname", "mkdir", "rm", "mv", "id", "tr", "flock", "sleep")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="bin/bootstrap is for POSIX systems")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of a clone as the set-up reads, in a folder with a space and a quote in its name."""
    folder = tmp_path / "Alice's clone"
    (folder / "bin").mkdir(parents=True)
    shutil.copy(CHECKOUT / "bin" / "bootstrap", folder / "bin")
    for file in ("pyproject.toml", "requirements-dev.lock", "requirements-uv.lock"):
        shutil.copy(CHECKOUT / file, folder)
    return folder


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A PATH with the everyday tools of a bare system and no Python."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for tool in TOOLS:
        if found := shutil.which(tool):
            (programs / tool).symlink_to(found)
    return programs


def add_program(machine: Path, name: str, script: str) -> None:
    program = machine / name
    program.write_text(f"#!{shutil.which('sh')}\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def bootstrap(checkout: Path, machine: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [str(checkout / "bin" / "bootstrap"), *arguments],
        env={"PATH": str(machine), "HOME": str(checkout.parent)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


def test_without_python_it_names_the_command(checkout: Path, machine: Path) -> None:
    status, said = bootstrap(checkout, machine)
    assert status == 2
    assert "no Python 3.11 or newer was found" in said
    assert "apt-get install python3 python3-venv" in said


def test_a_python_that_is_too_old_is_not_taken(checkout: Path, machine: Path) -> None:
    add_program(machine, "python3", "echo")  # answers the question for 3.11 with an empty line
    status, said = bootstrap(checkout, machine)
    assert status == 2
    assert "no Python 3.11 or newer was found" in said


def test_a_python_without_venv_and_pip_names_the_package(checkout: Path, machine: Path) -> None:
    bare = 'case "$*" in *version_info*) echo "$0" ;; *) exit 1 ;; esac'
    add_program(machine, "python3", bare)
    status, said = bootstrap(checkout, machine)
    assert status == 2
    assert "apt-get install python3-venv" in said
    assert not (checkout / ".venv").exists()


def test_when_a_package_cannot_be_had_it_shows_why_and_leaves_no_stamp(checkout: Path, machine: Path) -> None:
    add_program(machine, "python3", 'case "$*" in *version_info*) echo "$0" ;; *) exit 1 ;; esac')
    add_program(
        machine, "uv", '[ "$1" = --version ] || [ "$1" = venv ] && mkdir -p .venv && exit; echo no route; exit 1'
    )
    status, said = bootstrap(checkout, machine)
    assert status == 2
    assert "no route" in said
    assert "The locked packages could not be installed" in said
    assert not (checkout / ".venv" / "amends-stamp").exists()


def test_half_a_checkout_is_said_to_be_one(checkout: Path, machine: Path) -> None:
    (checkout / "requirements-dev.lock").unlink()
    status, said = bootstrap(checkout, machine)
    assert status == 2
    assert "requirements-dev.lock is missing" in said


def test_an_unknown_argument_is_refused(checkout: Path, machine: Path) -> None:
    status, said = bootstrap(checkout, machine, "--upgrade")
    assert status == 2
    assert "unknown argument --upgrade" in said
