"""The demonstration's page is looked at on a service that runs."""

from tests.up.conftest import demonstration, place, programs, start

__all__ = ["demonstration", "place", "programs", "start"]
