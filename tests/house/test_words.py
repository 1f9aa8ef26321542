import ast
import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from events.i18n import LOCALES, Language, catalogue, named, negotiate, translate

CATALOGUES = sorted((LOCALES / "en").glob("*.po"))
NAMES = LOCALES / "en" / "names.po"


def sentences_in_code() -> Iterator[str]:
    """What stands in `words(…)`, and what `translate(language, …)` is given as it is."""
    for path in [*Path("events").rglob("*.py"), *Path("workers").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("words", "translate"):
                yield from (a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def sentences_in_templates() -> Iterator[str]:
    for path in Path("events").rglob("templates/*"):
        for _, message, _, _ in extract_from_file("jinja2.ext:babel_extract", path, keywords={"_": None}):
            assert isinstance(message, str)
            yield message


def test_every_sentence_has_its_english() -> None:
    sentences = {*sentences_in_code(), *sentences_in_templates()}
    assert len(sentences) > 100
    assert sorted(sentences - catalogue(Language.EN).keys()) == []


def test_no_catalogue_keeps_a_sentence_that_nobody_says() -> None:
    sentences = {*sentences_in_code(), *sentences_in_templates()}
    assert sorted(catalogue(Language.EN).keys() - names() - sentences) == []


def names() -> set[str]:
    with NAMES.open("rb") as file:
        return {message.id for message in read_po(file) if isinstance(message.id, str) and message.id}


def test_every_name_that_ships_with_the_home_city_has_its_english() -> None:
    facts = Path("infra/data")
    demo = json.loads((facts / "demo/yangpu.json").read_text())
    shipped = {sport["name"] for sport in json.loads((facts / "sports.json").read_text())}
    shipped |= {name for series in demo["series"] for name in (series["name"], *series["boards"].values())}
    shipped |= {audience for event in demo["events"] for audience in event.get("audience", [])}
    for file in ("areas", "streets"):
        with (facts / f"regions/{file}.csv").open() as rows:
            # From 400 on stand zones that only statistics know.
            shipped |= {row["name"] for row in csv.DictReader(rows) if row["code"].startswith("31") and row["code"][6:] < "400"}
    assert len(shipped) > 300
    assert sorted(shipped - names()) == []
    english = "".join(named(Language.EN, name) for name in names())
    assert not re.search("[\u4e00-\u9fff]", english)


def test_a_name_without_a_translation_or_equal_to_a_counted_sentence_stays_as_it_is() -> None:
    asked = ["殷行街道", "我们的联赛", "{count} 项活动"]
    assert [named(Language.EN, name) for name in asked] == ["Yinhang Subdistrict", *asked[1:]]
    assert named(Language.ZH, "殷行街道") == "殷行街道"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_translation_fills_the_same_places(path: Path) -> None:
    with path.open("rb") as file:
        for message in read_po(file):
            if message.id:
                assert not message.fuzzy, message.id
                source, *_ = message.id if message.pluralizable else (message.id,)
                for form in message.string if message.pluralizable else (message.string,):
                    assert sorted(_places(str(source))) == sorted(_places(str(form))), message.id


def _places(sentence: str) -> set[str]:
    return {part.partition("}")[0] for part in sentence.split("{")[1:]}


def test_the_best_weighted_language_that_we_have_is_chosen() -> None:
    asked = {
        "": "zh-CN",
        "en-GB,en;q=0.9": "en",
        "zh;q=0.5,en;q=0.8": "en",
        "fr,de": "zh-CN",
        "en;q=0": "zh-CN",
        "en;q=x,zh": "zh-CN",
        "zh-TW": "zh-CN",
    }
    assert {header: negotiate(header).value for header in asked} == asked


def test_a_number_chooses_the_words_and_is_written_as_the_language_does() -> None:
    said = [translate(Language.EN, "{count} 项活动", count=n) for n in (0, 1, 2, 1234)]
    assert said == ["0 events", "1 event", "2 events", "1,234 events"]
    assert translate(Language.ZH, "{count} 项活动", count=1) == "1 项活动"


def test_a_sentence_that_a_catalogue_lacks_stays_chinese() -> None:
    assert translate(Language.EN, "没有这句话 {n}", n=1) == "没有这句话 1"
