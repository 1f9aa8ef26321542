from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from events.app import create_app
from events.web.mailbox import find_letter
from infra.installation import Installation

HTML = {"Accept": "text/html"}


@pytest.fixture
def folder(installation: Installation) -> Path:
    message = EmailMessage()
    message["Date"] = "Fri, 01 May 2026 08:00:00 +0800"
    message["To"], message["Subject"] = "leader@example.org", "报名已确认：<b>社区篮球赛</b>"
    message.set_content("请打开 http://127.0.0.1:8000/registrations/manage#abc.def 管理报名。")
    message.add_alternative("<p>请打开</p>", subtype="html")
    message.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="event.ics")
    folder = installation.settings.data / "mail"
    folder.mkdir()
    (folder / "one.eml").write_bytes(message.as_bytes())
    return folder


@pytest.mark.usefixtures("folder")
async def test_mail_kept_as_files_is_listed_and_read_with_its_links(client: httpx.AsyncClient) -> None:
    client.base_url = "http://127.0.0.1"  # type: ignore[assignment]
    listed = (await client.get("/mail", headers=HTML)).text
    assert "报名已确认：&lt;b&gt;社区篮球赛&lt;/b&gt;" in listed
    assert 'href="/mail/one.eml"' in listed
    assert "2026年5月1日 周五 08:00" in listed
    letter = (await client.get("/mail/one.eml", headers=HTML)).text
    assert '<a href="http://127.0.0.1:8000/registrations/manage#abc.def">' in letter
    assert "event.ics" in letter


@pytest.mark.usefixtures("folder")
async def test_mail_is_read_on_this_machine_only(installation: Installation) -> None:
    outside_says = {"X-Forwarded-For": "192.0.2.7"}, {"Forwarded": "for=192.0.2.7"}, {"Host": "rebound.example"}
    for client_address, headers in ((("192.0.2.7", 1), {}), *((("127.0.0.1", 1), said) for said in outside_says)):
        transport = httpx.ASGITransport(create_app(installation), client=client_address)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as outside:
            assert (await outside.get("/mail", headers=headers)).status_code == 404
            assert (await outside.get("/mail/one.eml", headers=headers)).status_code == 404


def test_no_other_file_can_be_read(folder: Path) -> None:
    (folder.parent / "secret.eml").write_text("Date: x\n\nsecret")
    zone = ZoneInfo("Asia/Shanghai")
    assert [find_letter(folder, name, zone) for name in ("../secret.eml", "missing.eml", "..", "", "a" * 5000 + ".eml")] == [None] * 5
