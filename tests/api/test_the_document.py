"""The OpenAPI document: every verb is there, every reference leads somewhere, and nothing in it is loose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from amends.core import commands as c
from amends.core.vocabulary import Verb

from .people import People, ok

SCHEMA_KEYS = {"type", "$ref", "anyOf", "oneOf", "enum", "const"}


@pytest.fixture
def document(people: People) -> dict[str, Any]:
    found: dict[str, Any] = ok(people.shop.acting("").get("/v1/openapi.json")).body
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from nodes(part)


def test_every_verb_but_the_clocks_is_an_operation_of_its_own(document: dict[str, Any]) -> None:
    paths = {path for path, method, _ in operations(document) if method == "post"}
    for verb, kind in c.COMMANDS.items():
        address = f"/v1/orders/{{order}}/{verb.value}"
        if verb is Verb.PLACE_ORDER:
            address = "/v1/orders"
        elif verb is Verb.OPEN:
            address = "/v1/orders/{order}/disputes"
        elif verb in (Verb.BLOCK_PARTY, Verb.UNBLOCK_PARTY):
            address = f"/v1/marketplace/{verb.value}"
        elif issubclass(kind, c.OnDispute):
            address = f"/v1/orders/{{order}}/disputes/{{dispute}}/{verb.value}"
        assert (address in paths) is (verb is not Verb.LAPSE), address


def test_every_reference_leads_somewhere_and_every_schema_says_what_it_is(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    schemas = document["components"]["schemas"]
    for node in nodes(document):
        if "$ref" in node:
            prefix, _, name = node["$ref"].rpartition("/")
            assert (prefix, name in schemas) == ("#/components/schemas", True), node
        if "schema" in node:
            assert SCHEMA_KEYS & set(node["schema"]), node
    assert {"Order", "Dispute", "Acted", "Problem", "Money"} <= set(schemas)


def test_every_operation_declares_its_parameters_and_each_way_it_may_end(document: dict[str, Any]) -> None:
    seen = set()
    for path, method, operation in operations(document):
        assert operation["operationId"] not in seen, operation["operationId"]
        seen.add(operation["operationId"])
        declared = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert declared == {part[1:-1] for part in path.split("/") if part.startswith("{")}
        assert len({(one["in"], one["name"]) for one in operation["parameters"]}) == len(operation["parameters"])
        statuses = set(operation["responses"])
        assert statuses & {"200", "201"}
        assert {"401", "403", "404", "500", "503"} <= statuses
        assert method == "get" or {"409", "413", "408", "422"} <= statuses or path == "/v1/sandbox/clock"
        assert all(response["description"] for response in operation["responses"].values())
        assert operation["security"] == [{"MarketplaceKey": []}]
    assert document["components"]["securitySchemes"]["MarketplaceKey"] == {"type": "http", "scheme": "bearer"}


def test_bodies_are_described_from_the_commands_themselves(document: dict[str, Any]) -> None:
    body = document["paths"]["/v1/orders"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert body["required"] is True
    assert set(schema["required"]) == {"id", "buyer", "seller", "currency", "lines"}
    assert not {"by", "actor", "do", "dispute"} & set(schema["properties"])
    accept = document["paths"]["/v1/orders/{order}/disputes/{dispute}/accept"]["post"]["requestBody"]
    assert (accept["required"], set(accept["content"]["application/json"]["schema"]["properties"])) == (
        False,
        {"offer", "confirm_zero", "return_to"},
    )
