"""What holds for every test: no internet, no luck, no comfortable time zone, and ../shared only where it lies."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

SHARED = Path(__file__).parents[2] / "shared"

# A zone with an odd offset, so that a datetime read in the machine's own zone is wrong everywhere, not only abroad.
os.environ["TZ"] = "Asia/Kathmandu"
if hasattr(time, "tzset"):
    time.tzset()

# `make test` must say the same twice. To look for new examples: AMENDS_HYPOTHESIS=explore make test
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=2_000, print_blob=True)
settings.load_profile(os.environ.get("AMENDS_HYPOTHESIS", "steady"))


class ReachesTheInternetError(Exception):
    """A test asked for an address that is not on this machine; it would pass or fail with the weather."""


def _stay_at_home(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1", "localhost")):
        raise ReachesTheInternetError(f"a test asked for {address[0]}; tests talk to this machine only")


sys.addaudithook(_stay_at_home)


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """`shared("data/olist")` is that path beside the checkout, or the test is skipped and says what is missing."""

    def find(place: str) -> Path:
        path = SHARED / place
        if not path.exists():
            pytest.skip(f"../shared/{place} does not lie beside this checkout")
        return path

    return find
