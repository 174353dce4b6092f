"""The session in docs/api.md works when it is pasted."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from . import service as real

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")
def test_the_session_in_the_handbook_works(service: real.Service, shop: real.Shop) -> None:
    block = re.search(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    script = f"set -e\nshopt -s expand_aliases\n{block[1]}".replace("\nask ", "\necho; ask ")
    done = subprocess.run(
        ["bash", "-c", script],
        env=os.environ | {"BASE": f"http://127.0.0.1:{service.port}", "KEY": shop.key},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    timeline = json.loads(done.stdout.strip().splitlines()[-1])["timeline"]
    assert [event["type"] for event in timeline][-1] == "DisputeClosed"
