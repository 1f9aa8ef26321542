import asyncio
import socket
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosmtplib
import pytest
from aiosmtpd.smtp import AuthResult

from infra.mail import Attachment, FolderMailer, Mail, NotAccepted, SmtpMailer, build, make_mailer
from infra.settings import read_settings
from tests.workers.office import serving

IDENTITY = UUID("01890000-0000-7000-8000-000000000001")
AT = datetime(2026, 5, 2, 1, 2, 3, tzinfo=UTC)


def built(**changes: Any) -> Mail:
    values: dict[str, Any] = {
        "at": AT,
        "sender": "Saili 赛历 <no-reply@saili.example>",
        "to": ("王芳", "wang@example.org"),
        "subject": "报名已确认",
        "bodies": ("您好", "<p>您好</p>"),
        "language": "zh-CN",
        "attachment": Attachment("1.ics", "calendar", "BEGIN:VCALENDAR\r\n", {"method": "PUBLISH"}),
    }
    return build(IDENTITY, **values | changes)


def parsed(mail: Mail) -> EmailMessage:
    return message_from_bytes(mail.content, policy=policy.default)


def test_a_mail_is_text_with_an_html_alternative_and_a_calendar() -> None:
    mail = parsed(built())
    assert not mail.defects
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar",
    ]  # fmt: skip
    *_, calendar = mail.walk()
    assert (calendar.get_content(), calendar.get_param("method"), calendar.get_filename()) == ("BEGIN:VCALENDAR\r\n", "PUBLISH", "1.ics")
    assert (mail["Subject"], mail["From"].addresses[0].display_name, mail["Date"].datetime) == ("报名已确认", "Saili 赛历", AT)
    assert mail["Message-ID"] == f"<{IDENTITY}@saili.example>"


def test_a_mail_that_one_click_ends_says_where_and_any_other_says_nothing_of_it() -> None:
    link = "https://saili.example/follow/leave?s=0192b5c4-0000-7000-8000-000000000001&t=" + "x" * 43
    mail = parsed(built(leave_link=link))
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (f"<{link}>", "List-Unsubscribe=One-Click")
    assert parsed(built())["List-Unsubscribe"] is None


def test_the_same_values_give_the_same_bytes() -> None:
    assert built() == built()


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028"])
def test_nothing_that_a_person_wrote_starts_a_header(end: str) -> None:
    evil = f"王芳{end}Bcc: victim@example.org{end}{end}<p>body"
    mail = parsed(built(subject=evil, to=(evil, "wang@example.org")))
    assert (mail["Bcc"], len(mail.keys()), mail.defects) == (None, len(parsed(built()).keys()), [])
    assert mail["Subject"] == "王芳 Bcc: victim@example.org <p>body"
    assert [a.addr_spec for a in mail["To"].addresses] == ["wang@example.org"]


@pytest.mark.parametrize(
    "address", ["", "nobody", "a b@example.org", "a@b> SIZE=1", "a@b\r\nRCPT TO:<c@d>", "甲@example.org", "a@b@c", "<a@b>"]
)
def test_an_address_that_can_be_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no mail address"):
        built(to=("王芳", address))


def test_a_long_name_is_folded_and_read_back_whole() -> None:
    subject = "第十二届市民运动会暨韵动杨浦秀出来滨江系列赛" * 6
    mail = built(subject=subject)
    assert max(map(len, mail.content.split(b"\r\n"))) <= 78
    assert parsed(mail)["Subject"] == subject


async def test_without_a_mail_server_a_mail_is_a_file_that_a_repeat_replaces(tmp_path: Path) -> None:
    mailer = make_mailer(read_settings({"SAILI_DATA": str(tmp_path)}))
    assert isinstance(mailer, FolderMailer)
    await asyncio.gather(*(mailer.send(built()) for _ in range(5)))
    assert {path.name: path.read_bytes() for path in (tmp_path / "mail").iterdir()} == {f"{IDENTITY}.eml": built().content}
    await mailer.close()


async def test_a_folder_that_cannot_be_written_is_a_refusal_for_now(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file stands in the way")
    with pytest.raises(NotAccepted) as refusal:
        await FolderMailer(tmp_path / "mail").send(built())
    assert refusal.value.permanent is False


async def test_a_connection_that_the_server_closed_is_replaced_without_a_failed_try() -> None:
    async with serving() as first:
        mailer, port = SmtpMailer(f"smtp://127.0.0.1:{first.port}"), first.port
        assert await mailer.send(built()) == "taken"
        first.answers = ["421 too many mails in one session"]
        assert await mailer.send(built()) == "taken"
        assert len(first.received) == 2
    async with serving(port) as second:
        assert await mailer.send(built()) == "taken"
        assert second.received == first.received[:1]
    await mailer.close()


async def test_a_server_that_is_not_there_is_a_refusal_for_now() -> None:
    with socket.socket() as taken:  # bound and not listening
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(NotAccepted) as refusal:
            await SmtpMailer(f"smtp://127.0.0.1:{taken.getsockname()[1]}").send(built())
    assert refusal.value.permanent is False


async def test_a_refused_recipient_leaves_the_connection_for_the_next_mail() -> None:
    async with serving() as sink:
        mailer = SmtpMailer(f"smtp://127.0.0.1:{sink.port}")
        sink.answers = ["550 no such user"]
        with pytest.raises(NotAccepted, match="550 no such user") as refusal:
            await mailer.send(built())
        await mailer.send(built())
        assert (refusal.value.permanent, len(sink.sessions)) == (True, 1)
        await mailer.close()


async def test_it_logs_in_with_the_password_of_the_setting_and_a_wrong_one_is_a_refusal_for_now() -> None:
    logins: list[bytes] = []

    def check(_: object, __: object, ___: object, ____: object, given: Any) -> AuthResult:
        logins.append(given.login)
        return AuthResult(success=(given.login, given.password) == (b"post@saili", b"p@ss/word"), handled=False)

    async with serving(authenticator=check, auth_require_tls=False) as sink:
        mailer = SmtpMailer(f"smtp://post%40saili:p%40ss%2Fword@127.0.0.1:{sink.port}")
        assert await mailer.send(built()) == "taken"
        await mailer.close()
        assert logins == [b"post@saili"]
        with pytest.raises(NotAccepted) as refusal:
            await SmtpMailer(f"smtp://post%40saili:wrong@127.0.0.1:{sink.port}").send(built())
    assert (str(refusal.value)[:3], refusal.value.permanent) == ("535", False)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", (False, None, False)),
        ("smtp://user:secret@mail.example.org:587", (False, True, True)),
        ("smtp://user:secret@127.0.0.1:25", (False, None, False)),
        ("smtps://user:secret@mail.example.org", (True, None, True)),
        ("smtps://mail.example.org", (True, None, True)),
    ],
)
def test_a_password_never_crosses_a_network_in_the_clear(url: str, expected: tuple[bool, bool | None, bool]) -> None:
    connection = SmtpMailer(url).connection()
    assert isinstance(connection, aiosmtplib.SMTP)
    assert (connection.use_tls, connection._start_tls_on_connect, connection.validate_certs) == expected
