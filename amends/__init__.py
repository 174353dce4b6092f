"""Amends: buyer protection and dispute resolution for marketplaces.

The rules live in `amends.core`, which is pure and needs nothing but the standard library;
ARCHITECTURE.md shows the rooms around it and which way the arrows run.
"""

__version__ = "0.1.0"
