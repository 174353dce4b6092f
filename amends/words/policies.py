"""A policy as the leaflet a seller is handed, for the reader."""

from __future__ import annotations

from amends.core import leaflet as core
from amends.core.durations import Duration
from amends.core.leaflet_english import ENGLISH
from amends.core.money import Money
from amends.core.policy import Policy

from .saying import table, value


def leaflet(policy: Policy) -> str:
    """The whole policy as plain text, wrapped at 88 columns."""
    return core.leaflet(policy, table(ENGLISH), _written)


def chapters(policy: Policy) -> tuple[core.Chapter, ...]:
    """The same to be laid out by a page: titles, and under each its points."""
    return core.chapters(policy, table(ENGLISH), _written)


def _written(fact: Duration | Money) -> str:
    return value(fact)
