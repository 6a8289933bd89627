r"""Lone surrogates, such as "\ud800" in YAML makes: Python holds them in its strings, and no file or database does."""

import re
from typing import Any, TypeVar

import msgspec

__all__ = ["without_surrogates"]

Record = TypeVar("Record", bound=msgspec.Struct)

_SURROGATE = re.compile("[\ud800-\udfff]")


def without_surrogates(record: Record) -> Record:
    """The record itself where it has none, else an equal one with U+FFFD for each, so that no offset moves."""
    try:
        msgspec.json.encode(record)
    except UnicodeEncodeError:
        return msgspec.convert(_replaced(msgspec.to_builtins(record)), type(record))
    return record


def _replaced(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: _replaced(each) for key, each in value.items()}
    return [_replaced(each) for each in value] if isinstance(value, list | tuple) else value
