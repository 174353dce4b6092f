"""DATABASE_URL: another's PostgreSQL, read, shown without its password, and asked how old it is."""

import os
from urllib.parse import quote

import psycopg
import pytest

from amends.postgres import Address, Unusable, url


def test_a_whole_one_is_taken_apart() -> None:
    target = url.read("postgresql://alice:p%40ss@db.example:6432/shop?sslmode=require&application_name=amends")
    assert target == url.Target(
        "shop", "alice", "p@ss", "db.example", "6432", {"sslmode": "require", "application_name": "amends"}
    )
    assert target.django() == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop",
        "USER": "alice",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require", "application_name": "amends"},
    }
    assert psycopg.conninfo.conninfo_to_dict(target.dsn())["password"] == target.password


def test_it_is_shown_without_its_password() -> None:
    assert url.read("postgres://alice:secret@db.example/shop").shown() == "postgresql://alice@db.example/shop"


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("postgresql:///shop", "", ""),
        ("postgresql://u@/shop?host=/run/postgresql&port=5433", "/run/postgresql", "5433"),
        ("postgresql://u@%2Frun%2Fpostgresql/shop", "/run/postgresql", ""),
        ("postgresql://u@[::1]:5433/shop", "::1", "5433"),
        ("postgresql://u@one:5432,two:5433/shop", "one,two", "5432,5433"),
    ],
)
def test_every_way_that_libpq_knows_is_known(text: str, host: str, port: str) -> None:
    target = url.read(text)
    assert (target.name, target.host, target.port) == ("shop", host, port)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no URL"),
        ("shop", "is no URL"),
        ("host=db dbname=shop", "is no URL"),
        ("mysql://alice:secret@db/shop", "begins with mysql://, and Amends needs PostgreSQL"),
        ("sqlite:///shop.db", "begins with sqlite://"),
        ("postgresql://alice:secret@db", "names no database"),
        ("postgresql://alice:secret@db/", "names no database"),
        ("postgresql://alice:secret@db:99999/shop", "has the port 99999"),
        ("postgresql://alice:se%zzcret@db/shop", "cannot be read"),
        ("postgresql://alice:secret@db/shop?colour=blue", "cannot be read"),
        ("postgresql://alice:secret@db:port/shop", "port"),
    ],
)
def test_nonsense_is_said_to_be_without_showing_a_password(text: str, sentence: str) -> None:
    with pytest.raises(Unusable, match=sentence) as caught:
        url.read(text)
    assert "secret" not in str(caught.value)
    assert "postgresql://user:password@host:5432/name" in str(caught.value)


class TestAsked:
    def test_the_embedded_one_is_as_good_as_any(self, address: Address) -> None:
        assert url.check(url.read(address.dsn)) == address.version

    def test_one_that_is_too_old_is_said_to_be(self, address: Address) -> None:
        with pytest.raises(Unusable, match=r"is PostgreSQL 18\.\d+; Amends needs 19 or newer\. Upgrade it"):
            url.check(url.read(address.dsn), oldest=19)

    def test_a_database_that_is_not_there_is_named(self, address: Address) -> None:
        with pytest.raises(Unusable, match=r'database "elsewhere" does not exist\. Make it \(createdb\)'):
            url.check(url.read(address.dsn.replace("/amends?", "/elsewhere?")))

    def test_a_user_who_is_not_there_is_named(self, address: Address) -> None:
        with pytest.raises(Unusable, match=r'role "bob" does not exist\. Make that user'):
            url.check(url.read(address.dsn.replace("postgres@", "bob:secret@")))

    def test_a_server_that_is_away_is_said_to_be(self, free_port: int) -> None:
        with pytest.raises(Unusable, match=r"cannot be reached: .*refused.* Check that it is running"):
            url.check(url.read(f"postgresql://alice:secret@127.0.0.1:{free_port}/shop"))

    def test_a_socket_that_is_not_there_is_said_to_be(self, tmp_path: object) -> None:
        with pytest.raises(Unusable, match=r"cannot be reached: .*No such file"):
            url.check(url.read(f"postgresql:///shop?host={quote(str(tmp_path), safe='')}"))

    def test_whoever_else_runs_one_is_asked_too(self) -> None:
        theirs = os.environ.get("AMENDS_TEST_DATABASE_URL")
        if not theirs:
            pytest.skip("AMENDS_TEST_DATABASE_URL names no other PostgreSQL")
        assert int(url.check(url.read(theirs)).split(".")[0]) >= url.OLDEST
