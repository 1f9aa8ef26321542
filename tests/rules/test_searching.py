import pytest

from events.calendar.search import found_by, grams, normal, sought


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("藤球", ["球", "藤", "藤球"]),
        ("U12 藤", ["1", "12", "2", "u", "u1", "藤"]),
        ("Ｕ１２", ["1", "12", "2", "u", "u1"]),
        ("杨浦·秀", ["杨", "杨浦", "浦", "秀"]),
        ("球球球", ["球", "球球"]),
        ("🏀", ["🏀"]),
        ("'%_\\--\x00", []),
        ("", []),
    ],
)
def test_a_text_is_indexed_by_its_single_characters_and_its_pairs(text: str, expected: list[str]) -> None:
    assert grams(text) == expected


def test_texts_are_compared_without_width_case_and_punctuation() -> None:
    assert normal("Ｈｅｌｌｏ，《世界》", None, "STRASSE Straße") == "hello 世界 strasse strasse"


@pytest.mark.parametrize(
    ("queries", "found"),
    [
        (["跑"], True),
        (["滨江跑"], True),
        (["滨江 少年"], True),
        (["滨江 老年"], False),
        (["老年", "少年"], True),
        (["江滨"], False),
        (["——"], False),
    ],
)
def test_every_word_of_one_query_must_occur(queries: list[str], found: bool) -> None:
    assert found_by(normal("2026 杨浦滨江跑·少年组"), sought(queries)) is found
