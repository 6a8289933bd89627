"""Parts by kind and name, from this package and from others."""

from importlib.metadata import EntryPoint

import pytest

from kgbuild import registry
from kgbuild.errors import ConfigError


def entry(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, "kgbuild.linkers")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[EntryPoint]:
    points: list[EntryPoint] = []
    monkeypatch.setattr(registry, "entry_points", lambda group: points)
    registry._entry_points.cache_clear()
    monkeypatch.setattr(registry, "_entry_points", registry._entry_points.__wrapped__)
    return points


def test_names_are_sorted_and_parts_are_loaded(installed: list[EntryPoint]) -> None:
    installed += [entry("b", "json:dumps"), entry("a", "json")]
    assert registry.names("linkers") == ("a", "b")
    assert registry.load("linkers", "b")([1]) == "[1]"


def test_an_unknown_name_lists_the_choices(installed: list[EntryPoint]) -> None:
    installed.append(entry("a", "json"))
    with pytest.raises(ConfigError, match="no linkers named 'c'; registered: a"):
        registry.load("linkers", "c")


@pytest.mark.parametrize("value", ["no_such_module", "json:no_such_name"])
def test_a_part_that_cannot_be_imported_is_named(installed: list[EntryPoint], value: str) -> None:
    installed.append(entry("a", value))
    with pytest.raises(ConfigError, match=r"the linkers 'a' of an unknown package cannot be loaded .*no_such"):
        registry.load("linkers", "a")


def test_one_name_of_two_packages_is_refused(installed: list[EntryPoint]) -> None:
    installed += [entry("a", "json"), entry("a", "csv")]
    with pytest.raises(ConfigError, match="both register linkers named 'a'"):
        registry.names("linkers")


def test_an_entry_that_is_found_twice_is_one(installed: list[EntryPoint]) -> None:
    installed += [entry("a", "json"), entry("a", "json")]
    assert registry.names("linkers") == ("a",)
