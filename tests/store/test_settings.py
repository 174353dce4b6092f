"""Settings come from the environment, and nonsense in it stops the service before it starts."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from amends.config.environment import Environment, database, databases


def test_a_url_says_where_the_database_is() -> None:
    found = database("postgresql://bob:p%40ss@db.example:5433/shop?sslmode=require")
    assert {key: found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "shop",
        "USER": "bob",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_socket_is_named_behind_the_question_mark() -> None:
    found = database("postgresql://postgres@/amends?host=/run/postgresql&port=5440")
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/run/postgresql", "5440", {})


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://bob@db/shop", "write postgresql://"),
        ("shop", "write postgresql://"),
        ("postgresql://bob@db", "end it with the name of the database"),
        ("postgresql://bob@db:port/shop", "write the port as a number"),
    ],
)
def test_a_url_that_is_none_is_refused(url: str, told: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=told):
        database(url)


def test_a_refused_url_does_not_tell_its_password() -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        database("mysql://bob:hunter2@db/shop")
    assert "hunter2" not in str(refused.value)


def test_without_a_url_there_is_no_database_and_no_fault() -> None:
    assert databases(Environment({})) == {}


def test_the_pool_and_preparing_can_be_set() -> None:
    url = {"DATABASE_URL": "postgresql://a@b/c"}
    options = databases(Environment({**url, "AMENDS_DATABASE_CONNECTIONS": "3", "AMENDS_DATABASE_PREPARE": "0"}))[
        "default"
    ]["OPTIONS"]
    assert (options["pool"]["max_size"], options["prepare_threshold"]) == (3, None)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("AMENDS_DATABASE_CONNECTIONS", "many", "a whole number from 1 to 1000"),
        ("AMENDS_DATABASE_CONNECTIONS", "0", "a whole number from 1 to 1000"),
        ("AMENDS_DATABASE_CONNECTIONS", "9" * 5000, "a whole number from 1 to 1000"),
        ("AMENDS_DATABASE_PREPARE", "yes", "1 for yes or 0 for no"),
    ],
)
def test_nonsense_is_refused_by_name(name: str, value: str, told: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{name} is .*{told}"):
        databases(Environment({"DATABASE_URL": "postgresql://a@b/c", name: value}))


def test_a_misspelt_setting_is_not_silently_its_default() -> None:
    with pytest.raises(ImproperlyConfigured, match="did you mean AMENDS_DEBUG"):
        Environment({"AMENDS_DEBUGG": "1"}).refuse_unknown({"AMENDS_DEBUG", "AMENDS_DATA"})


def test_other_peoples_settings_are_left_alone() -> None:
    Environment({"PATH": "/bin", "AMENDS_TEST_POSTGRES": "x"}).refuse_unknown({"AMENDS_DEBUG"})
