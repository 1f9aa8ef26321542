import asyncio
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx
import pytest

from events.cli.web import warning_of
from events.web.mailbox import find_letter
from infra.installation import Installation
from infra.settings import read_settings
from tests.apps import app_over
from tests.serving import served

HTML = {"Accept": "text/html"}


def with_settings(installation: Installation, **settings: str) -> Installation:
    """The same over the same database, with other settings."""
    changed = replace(installation.settings, **settings)
    return Installation(changed, installation.engine, installation.reader, installation.sessions, installation.keys)


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
    client.base_url = "http://127.0.0.1"
    listed = (await client.get("/mail", headers=HTML)).text
    assert "报名已确认：&lt;b&gt;社区篮球赛&lt;/b&gt;" in listed
    assert 'href="/mail/one.eml"' in listed
    assert "2026年5月1日 周五 08:00" in listed
    letter = (await client.get("/mail/one.eml", headers=HTML)).text
    assert '<a href="http://127.0.0.1:8000/registrations/manage#abc.def">' in letter
    assert "event.ics" in letter


@pytest.mark.usefixtures("folder")
async def test_mail_is_read_on_this_machine_only(installation: Installation) -> None:
    proxies_say = "X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "X-Forwarded-Proto", "X-Forwarded-Host"
    outside_says = [{"Host": "rebound.example"}, *({name: "192.0.2.7"} for name in proxies_say)]
    for client_address, headers in ((("192.0.2.7", 1), {}), *((("127.0.0.1", 1), said) for said in outside_says)):
        transport = httpx.ASGITransport(app_over(installation), client=client_address)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as outside:
            assert (await outside.get("/mail", headers=headers)).status_code == 404
            assert (await outside.get("/mail/one.eml", headers=headers)).status_code == 404


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("public", "there"), [("https://saili.example", False), ("http://10.0.0.2", False), ("http://localhost:9", True)])
async def test_a_public_site_has_no_mailbox_whoever_asks(installation: Installation, public: str, there: bool) -> None:
    """nginx, unless told otherwise, names us in Host and says nothing of who asked."""
    transport = httpx.ASGITransport(app_over(with_settings(installation, base_url=public)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        for path in ("/mail", "/mail/one.eml"):
            assert (await client.get(path, headers=HTML)).status_code == (200 if there else 404)


@pytest.mark.usefixtures("folder")
async def test_a_proxy_that_says_nothing_of_itself_is_known_by_its_old_protocol(installation: Installation) -> None:
    async with served(installation) as address:
        parts = urlsplit(address)
        for version, status in (("1.0", b" 404 "), ("1.1", b" 200 ")):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            writer.write(f"GET /mail HTTP/{version}\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
            assert status in await reader.readline()
            writer.close()


@pytest.mark.parametrize(
    ("base_url", "proxies", "warned"),
    [("", "", False), ("http://localhost", "", False), ("https://saili.example", "", True), ("https://saili.example", "127.0.0.1", False)],
)
def test_the_start_warns_where_all_readers_would_be_one_network(base_url: str, proxies: str, warned: bool) -> None:
    settings = read_settings({"BASE_URL": base_url, "TRUSTED_PROXIES": proxies})
    assert ("TRUSTED_PROXIES" in warning_of(settings)) is warned


def test_no_other_file_can_be_read(folder: Path) -> None:
    (folder.parent / "secret.eml").write_text("Date: x\n\nsecret")
    zone = ZoneInfo("Asia/Shanghai")
    assert [find_letter(folder, name, zone) for name in ("../secret.eml", "missing.eml", "..", "", "a" * 5000 + ".eml")] == [None] * 5
