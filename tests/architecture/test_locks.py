"""The locks are what pyproject.toml asks for: nothing forgotten, nothing without a hash, nothing twice."""

import re
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]
RUNTIME = PROJECT["project"]["dependencies"]
LOCKS = ("requirements-dev.lock", "requirements.lock")


def canonical(requirement: str) -> str:
    """The name in a requirement, as package indexes compare names."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", requirement.strip(), maxsplit=1)[0]).lower()


def pins(lock: str) -> dict[str, str]:
    """name -> version and marker, as locked."""
    text = (CHECKOUT / lock).read_text(encoding="utf-8")
    found = re.findall(r"^([A-Za-z0-9._-]+)==(.+?) \\$", text, flags=re.MULTILINE)
    return {canonical(name): version for name, version in found}


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        ("requirements.lock", RUNTIME),
        ("requirements-dev.lock", RUNTIME + GROUPS["dev"] + PROJECT["build-system"]["requires"]),
        ("requirements-uv.lock", GROUPS["uv"]),
    ],
)
def test_everything_asked_for_is_locked(lock: str, asked: list[str]) -> None:
    missing = {canonical(requirement) for requirement in asked} - set(pins(lock))
    assert not missing, f"{lock} lacks {', '.join(sorted(missing))}; run: make lock"


def test_what_is_tested_is_what_is_shipped() -> None:
    """The same versions; a marker may differ, as a tool may want a package on more systems than the service does."""
    developers, shipped = ({n: v.partition(" ;")[0] for n, v in pins(lock).items()} for lock in LOCKS)
    assert {name: developers.get(name) for name in shipped} == shipped


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-uv.lock"])
def test_every_line_is_a_pin_a_hash_or_a_reason(lock: str) -> None:
    line_of_a_lock = re.compile(r"[A-Za-z0-9._-]+==.+ \\|    --hash=sha256:[0-9a-f]{64}( \\)?|    #.*")
    lines = (CHECKOUT / lock).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line_of_a_lock.fullmatch(line)] == []
