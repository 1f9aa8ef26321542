import pytest

from events.calendar.short import code_of, number_of


def test_every_number_has_a_code_of_its_own_that_leads_back_to_it() -> None:
    numbers = [*range(20_000), 2**29, 2**30 - 1]
    codes = [code_of(number) for number in numbers]
    assert len({*codes}) == len(numbers)
    assert {len(code) for code in codes} == {6}
    assert [number_of(code) for code in codes] == numbers


def test_a_code_is_known_however_it_is_typed() -> None:
    code = next(code for code in map(code_of, range(1, 1_000)) if {"0", "1"} <= {*code})
    number = number_of(code)
    typed = [code.upper(), code.replace("0", "O").replace("1", "l"), code.replace("1", "I"), f"{code[:3]}-{code[3:]}"]
    assert [number_of(text) for text in typed] == [number] * 4


@pytest.mark.parametrize("text", ["", "abc", "abcdefg", "abcdeu", "abcde!", "滨江跑跑跑跑", "٠١٢٣٤٥"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert number_of(text) is None


def test_one_wrong_character_leads_far_from_the_first_events() -> None:
    """Of the first ten thousand events no code is another's but for a character, save very few."""
    codes = {code_of(number) for number in range(1, 10_000)}
    mistyped = {code[:at] + letter + code[at + 1 :] for code in list(codes)[:500] for at in range(6) for letter in "0123456789abcdefghjk"}
    assert len((mistyped - codes) & codes) == 0
    assert len(mistyped & codes) < 0.01 * len(mistyped)


def test_a_number_beyond_all_codes_is_refused() -> None:
    with pytest.raises(ValueError, match="no code"):
        code_of(2**30)
