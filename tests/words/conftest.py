"""What is said needs Django's catalogues, and no database."""

from __future__ import annotations

import tests.database  # noqa: F401 (sets Django up, and keeps the odd time zone)
