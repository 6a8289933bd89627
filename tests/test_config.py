from collections.abc import Mapping
from pathlib import Path

import pytest

from kgbuild.config import Part, RunConfig, make_part, read_config
from kgbuild.errors import ConfigError


class Linker:
    def __init__(
        self,
        ontologies: list[str] | None = None,
        *,
        threshold: float = 0.5,
        preferences: Mapping[str, str] | None = None,
    ) -> None:
        self.made_of = (ontologies, threshold, preferences)


def written(folder: Path, text: str) -> Path:
    path = folder / "run.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_describes_a_run(tmp_path):
    path = written(
        tmp_path,
        'schema = "materials"\nworkers = 2\ngiven = "mentions"\n'
        '[extract]\ndevice = "cpu"\n[link]\nuse = "mine"\nthreshold = 1\n',
    )
    assert read_config(path) == RunConfig(
        schema="materials",
        workers=2,
        given="mentions",
        extract=Part("transformer", {"device": "cpu"}),
        link=Part("mine", {"threshold": 1}),
    )


def test_an_empty_file_is_the_default_run(tmp_path):
    assert read_config(written(tmp_path, "")) == RunConfig()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "shema = 'science'",
            "no key 'shema'; did you mean 'schema'[?] known keys: schema, given, workers, extract, link",
        ),
        ("given = 'links '", "given"),
        ("workers = 'two'", "workers"),
        ("extract = 3", r"\[extract\]: expected a table"),
        ("[link]\nuse = 3", r"\[link\]: use: expected the name"),
        ("schema = ", "expected a TOML file"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_the_choices(tmp_path, text, message):
    with pytest.raises(ConfigError, match=message) as refusal:
        read_config(written(tmp_path, text))
    assert "run.toml" in str(refusal.value)


def test_a_missing_file_is_a_config_error(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml"):
        read_config(tmp_path / "none.toml")


def test_settings_of_the_command_line_replace_those_of_the_file():
    part = Part("lexical", {"threshold": 0.5, "ontologies": ["mondo"]})
    assert part.with_settings(threshold=0.0, ontologies=None).settings == {"threshold": 0.0, "ontologies": ["mondo"]}


def test_a_part_is_made_of_its_settings_and_of_defaults_that_it_takes():
    part = Part("lexical", {"threshold": 1, "ontologies": ["mondo"]})
    linker = make_part(Linker, part, table="link", defaults={"preferences": {"Gene": "HGNC"}, "unasked": 1})
    assert linker.made_of == (["mondo"], 1.0, {"Gene": "HGNC"})


def test_an_unknown_setting_names_the_table_the_key_and_the_known_keys():
    with pytest.raises(ConfigError) as refusal:
        make_part(Linker, Part("lexical", {"treshold": 1}), table="link")
    assert str(refusal.value) == (
        "[link] use = 'lexical' has no key 'treshold'; did you mean 'threshold'? "
        "known keys: ontologies, threshold, preferences"
    )


def test_a_setting_of_the_wrong_type_is_refused():
    with pytest.raises(ConfigError, match="threshold: Expected `float`, got `str`"):
        make_part(Linker, Part("lexical", {"threshold": "high"}), table="link")
