"""What a body may hold, told to the OpenAPI document. Read off the commands; `core.wire` does the reading."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from amends.core import commands as c
from amends.core.vocabulary import Verb
from amends.orders.handing_in import ABOUT_A_FILE

from .acting import fields_of

Json = dict[str, Any]
AMOUNT: Json = {
    "oneOf": [
        {"type": "string", "examples": ["45.00"], "description": "In the order's currency"},
        {
            "type": "object",
            "properties": {"amount_minor": {"type": "integer"}, "currency": {"type": "string"}},
            "required": ["amount_minor"],
            "additionalProperties": False,
        },
    ]
}
_FILE: Json = {"type": "string", "description": "The id of a file that was uploaded, or a kind of evidence"}
PLAIN: dict[Any, Json] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
}


def body_of(verb: Verb) -> Json:
    """The JSON schema of the verb's body."""
    kind = c.COMMANDS[verb]
    return _object(kind, {name: _fields(kind)[name] for name in fields_of(verb)})


class _Field(typing.NamedTuple):
    hint: Any
    required: bool


def _fields(kind: Any) -> dict[str, _Field]:
    hints = typing.get_type_hints(kind)
    if dataclasses.is_dataclass(kind):
        return {
            one.name: _Field(hints[one.name], one.default is dataclasses.MISSING) for one in dataclasses.fields(kind)
        }
    return {name: _Field(hints[name], name not in kind._field_defaults) for name in kind._fields}


def _object(kind: Any, fields: Mapping[str, _Field]) -> Json:
    schema: Json = {
        "type": "object",
        "properties": {name: _schema(field.hint) for name, field in fields.items()},
        "additionalProperties": False,
    }
    required = [name for name, field in fields.items() if field.required]
    return schema | ({"required": required} if required else {})


def _schema(hint: Any) -> Json:
    origin = typing.get_origin(hint)
    if hint == c.Amount:
        return AMOUNT
    if origin in (typing.Union, types.UnionType):
        parts = [part for part in typing.get_args(hint) if part is not type(None)]
        inner = _schema(parts[0]) if len(parts) == 1 else AMOUNT
        return {"anyOf": [inner, {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _schema(typing.get_args(hint)[0])}
    if hint in PLAIN:
        return dict(PLAIN[hint])
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"type": "string", "enum": [member.value for member in hint]}
    if hint is c.Given:
        # An upload says itself what kind it is, so nothing of it is required.
        about = {name: _fields(hint)[name]._replace(required=False) for name in ABOUT_A_FILE}
        return {"oneOf": [_FILE, _object(hint, about)]}
    if hint is c.Pieces:
        return {"oneOf": [{"type": "string", "description": "The whole line"}, _object(hint, _fields(hint))]}
    return _object(hint, _fields(hint))
