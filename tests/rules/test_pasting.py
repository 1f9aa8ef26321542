"""People pasted into a roster, as offices and team leaders keep them."""

import pytest

from events.registrations.pasting import MOST_PEOPLE, read_pasted

NUMBER = "110101199003074514"


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("姓名\t性别\t身份\n张三\t男\t运动员\n李四\t女\t教练员", {"张三": "athlete", "李四": "coach"}),
        ("No.\tRole\tName\n1\tTeam leader\tAnn Lee\n2\tplayer\tBo Chen", {"Ann Lee": "leader", "Bo Chen": "athlete"}),
        ("Name,Role\nWang Jianguo,Coach\nLi Lei,", {"Wang Jianguo": "coach", "Li Lei": "athlete"}),
        ("1\t王五\t男\t13900000001\n2\t赵六\t女\t", {"王五": "athlete", "赵六": "athlete"}),
        ("张三，李四、王五;赵六", dict.fromkeys(("张三", "李四", "王五", "赵六"), "athlete")),
        ("领队：王建国\n教练: 刘备, 关羽", {"王建国": "leader", "刘备": "coach", "关羽": "coach"}),
        ("1. 张飞\n2、赵云（替补）\n(3) 曹操 教练\n孙权,coach", {"张飞": "athlete", "赵云": "athlete", "曹操": "coach", "孙权": "coach"}),
        ("工作人员：华佗（队医）", {"华佗": "staff"}),
        ("Zoë O’Neil\n阿依古丽·买买提", {"Zoë O’Neil": "athlete", "阿依古丽·买买提": "athlete"}),
        ("\r\n  \n", {}),
    ],
)
def test_names_and_roles_are_read_as_people_write_them(text: str, people: dict[str, str]) -> None:
    assert dict(read_pasted(text).people) == people


@pytest.mark.parametrize(
    "text", [f"张三\t{NUMBER}\t运动员", f"张三,{NUMBER}", f"张三 {NUMBER}", f"张三\t{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}"]
)
def test_identity_numbers_are_left_out_and_counted(text: str) -> None:
    found = read_pasted(text)
    assert (found.people, found.withheld, found.unread) == ([("张三", "athlete")], 1, [])


def test_a_number_hidden_in_a_name_goes_with_it() -> None:
    found = read_pasted(f"张三{NUMBER}")
    assert (found.people, found.withheld, NUMBER in repr(found)) == ([], 1, False)


def test_who_is_listed_is_not_listed_again() -> None:
    found = read_pasted("张三\n李四\n李四", ["张三 "])
    assert (found.people, found.repeated) == ([("李四", "athlete")], ["张三", "李四"])


def test_what_names_nobody_is_given_back() -> None:
    assert read_pasted("12345\n---\n张三").unread == ["12345", "---"]


def test_no_more_are_taken_than_a_roster_holds() -> None:
    letters = "甲乙丙丁戊己庚辛壬癸"
    names = [a + b + c for a in letters for b in letters for c in letters][: MOST_PEOPLE + 3]
    found = read_pasted("\n".join(names))
    assert (len(found.people), found.beyond) == (MOST_PEOPLE, 3)
