"""The store's database, and a folder for evidence."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from tests.database import database, server, shop

__all__ = ["database", "files", "server", "shop"]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what is uploaded lies, for one test."""
    folder = tmp_path / "files"
    monkeypatch.setattr(settings, "AMENDS_FILES", str(folder), raising=False)
    return folder
