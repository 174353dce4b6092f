"""The same service with its files in a bucket and a virus scanner beside it: nothing else changes for Alice and Bob."""

from __future__ import annotations

import hashlib
import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.api import service as real
from tests.api.client import Client
from tests.api.people import People
from tests.store import cluster
from tests.vault.honest import honest
from tests.vault.hostile import EICAR
from tests.vault.test_intake_scanning import Instream
from tests.vault.test_storage import bucket_storage, s3_address

from .conftest import Vault
from .test_uploads import UPLOADS, arriving, known_files, photo, shown, uploaded

assert s3_address is not None, "a fixture"


@pytest.fixture(scope="module")
def scanner() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Instream) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def in_bucket(
    s3_address: str, scanner: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Vault, dict[str, str]]]:
    """A service and a database of its own: whoever verifies a store looks for every file the database knows."""
    name = f"b{os.urandom(8).hex()}"
    bucket_storage(s3_address, name).connection.create_bucket(Bucket=name)
    files = tmp_path_factory.mktemp("bucket")
    address = f"s3://{name}/evidence?endpoint_url={s3_address}&region_name=us-east-1"
    settings = {
        "AMENDS_FILES": str(files),
        "AMENDS_FILES_S3": address,
        "AMENDS_CLAMD": scanner,
        "AMENDS_LOG_LEVEL": "ERROR",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
    }
    with ExitStack() as stack:
        url = stack.enter_context(cluster.running()).format(database="postgres")
        service = stack.enter_context(real.serving(stack.enter_context(real.database_on(url)), **settings))
        yield Vault(service, files), settings


@pytest.fixture
def people(in_bucket: tuple[Vault, dict[str, str]]) -> People:
    vault, _ = in_bucket
    everybody = People(Client(vault.service.port, real.register(vault.service.database).key))
    everybody.day(0)
    everybody.disputed()
    return everybody


def test_a_photo_lies_sealed_in_the_bucket_and_is_shown_from_there(
    people: People, in_bucket: tuple[Vault, dict[str, str]], tmp_path: Path
) -> None:
    vault, settings = in_bucket
    content = photo()
    file = uploaded(people.alice, content, Upload_Dispute="1")
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert shown(people.bob, file["id"], "reading").status == 200
    assert shown(people.mia, file["id"], "original", Range="bytes=0-9").raw == content[:10]
    assert not (vault.files / "store").exists(), "nothing stays on the disk"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AMENDS_")}
    own = {**kept, **settings, "DATABASE_URL": vault.service.database}
    command = [sys.executable, "-m", "amends.cli", "vault", "--verify"]
    told = subprocess.run(command, env=own, capture_output=True, text=True, check=False, timeout=60)
    assert told.returncode == 0, told.stdout
    assert "every piece is as it was kept" in told.stdout


def test_a_virus_is_named_and_nothing_of_it_is_kept(people: People, in_bucket: tuple[Vault, dict[str, str]]) -> None:
    vault, _ = in_bucket
    before = known_files(vault)
    refused = people.alice.send("POST", UPLOADS, honest()["jpg"] + EICAR, Upload_Name="kettle.jpg")
    assert refused.status == 422
    assert "Eicar-Test-Signature" in refused.body["detail"]
    assert known_files(vault) == before
    assert arriving(vault) == []
