"""`saili banner`, `saili offices` and `saili reports`, as an operator types them."""

import pytest

from events.cli import main


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main([*words]) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("dsn")
def test_a_banner_is_set_listed_and_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "banner", "set", "系统维护", "--en", "Maintenance", "--until", "2099-12-01T00:00")
    said(capsys, "banner", "set", "台风预警", "--region", "310110", "--level", "warning")
    assert said(capsys, "banner", "list").splitlines() == [
        "310110\twarning\tuntil cleared\t台风预警\t-",
        "whole site\tinfo\tuntil 2099-12-01 00:00\t系统维护\tMaintenance",
    ]
    assert said(capsys, "banner", "clear", "--region", "310110") == "the banner is gone\n"
    assert said(capsys, "banner", "clear", "--region", "310110") == "there was no banner\n"
    said(capsys, "banner", "clear")
    assert said(capsys, "banner", "list") == ""


@pytest.mark.usefixtures("dsn")
def test_a_banner_that_is_over_already_is_refused() -> None:
    with pytest.raises(SystemExit, match="until: This instant is over"):
        main(["banner", "set", "x", "--until", "2020-01-01T00:00"])


@pytest.mark.usefixtures("dsn")
def test_an_office_is_given_a_mailbox_and_loses_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "offices", "mail", "310110", "yangpu@example.org") == "reports of 310110 go to yangpu@example.org\n"
    assert said(capsys, "offices", "list") == "310110\t杨浦区\tyangpu@example.org\n"
    said(capsys, "offices", "mail", "310110", "--remove")
    assert said(capsys, "offices", "list") == ""
    with pytest.raises(SystemExit, match="address"):
        main(["offices", "mail", "310110", "nobody"])


@pytest.mark.usefixtures("dsn")
def test_reports_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "reports", "list") == "There are no reports.\n"
