"""What is committed must be true on every machine: no package host, nobody's home."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]

# Put together here, so that this file does not contain what it forbids.
HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry.npm" + "js.org",
    "deb.deb" + "ian.org",
    "proxy.gol" + "ang.org",
]
HOMES = [
    "/ro" + "ot/",
    "/ho" + "me/[a-z]",
    "/Us" + "ers/[A-Za-z]",
    "/wo" + "rk/(?:main|shared)",
    "[A-Z]:\\\\Us" + "ers\\\\",
]
FORBIDDEN = re.compile("|".join([*map(re.escape, HOSTS), *(rf"(?<![\w.]){home}" for home in HOMES)]).encode())


def committed_files() -> list[Path]:
    """What git holds or would take, read without minding who owns the checkout."""
    if not shutil.which("git") or not (CHECKOUT / ".git").exists():
        pytest.skip("not a git checkout (or no git here), so nothing tells which files are committed")
    listing = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(
        ["git", "-c", "safe.directory=*", *listing], cwd=CHECKOUT, capture_output=True, check=True, text=True
    ).stdout
    paths = [CHECKOUT / name for name in names.split("\0") if name]
    return [path for path in paths if path.is_file()]


def found_in(text: bytes) -> list[str]:
    return [
        f"line {number} has {found.group().decode()!r}"
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := FORBIDDEN.search(line))
    ]


def test_no_committed_file_names_a_package_host_or_somebodys_home() -> None:
    said = [
        f"{path.relative_to(CHECKOUT)}: {what}; leave the machine's own settings to the machine"
        for path in committed_files()
        for what in found_in(path.read_bytes())
    ]
    assert not said, "\n" + "\n".join(said)


def test_the_lock_of_uv_stays_out_of_git() -> None:
    assert "uv.lock" not in {path.name for path in committed_files()}


@pytest.mark.parametrize("line", [*HOSTS, "/ho" + "me/alice/amends", "'/wo" + "rk/main'", "/ro" + "ot/.cache"])
def test_a_line_that_holds_on_one_machine_only_is_caught(line: str) -> None:
    assert found_in(b"fine\nsee " + line.encode()) == [
        f"line 2 has {FORBIDDEN.search(line.encode()).group().decode()!r}"
    ]


@pytest.mark.parametrize(
    "line", ["../shared/data", "~/.cache", "docs/home/index.md", "the root of the tree", "homework/"]
)
def test_a_line_that_holds_everywhere_passes(line: str) -> None:
    assert found_in(line.encode()) == []
