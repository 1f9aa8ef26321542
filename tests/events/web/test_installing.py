"""The site as an application: its manifest and pictures, its worker, its page for readers without a network."""

import struct

import httpx
import pytest

from events.i18n import Language, translate
from events.web import routes_installing
from tests.events.web.test_registering_pages import HTML


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "赛历"), ("en", "Saili")])
async def test_the_manifest_speaks_the_pages_language_and_shows_pictures_of_the_sizes_it_says(
    client: httpx.AsyncClient, language: str, name: str
) -> None:
    page = (await client.get(f"/my?lang={language}", headers=HTML)).text
    assert f'<link rel="manifest" href="/manifest.webmanifest?lang={language}">' in page
    answer = await client.get(f"/manifest.webmanifest?lang={language}")
    told = answer.json()
    assert answer.headers["content-type"].startswith("application/manifest+json")
    assert (told["lang"], told["short_name"].startswith(name), "set-cookie" in answer.headers) == (language, True, False)
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        picture = await client.get(icon["src"])
        assert picture.headers["content-type"] == "image/png"
        assert "{}x{}".format(*struct.unpack(">II", picture.content[16:24])) == icon["sizes"]


async def test_the_worker_is_asked_for_anew_and_may_serve_every_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sw.js")
    kept = (answer.headers["cache-control"], answer.headers["service-worker-allowed"], answer.headers["content-type"])
    assert kept == ("no-cache", "/", "text/javascript; charset=utf-8")
    assert answer.text.startswith('self.VERSION="')
    again = await client.get("/sw.js", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("language", list(Language))
async def test_the_worker_is_another_when_the_page_without_a_network_says_something_else_in_any_language(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    def reworded(spoken: Language, chinese: str, **values: object) -> str:
        return translate(spoken, chinese, **values) + ("!" if spoken is language else "")

    before = (await client.get("/sw.js")).text
    monkeypatch.setattr("events.web.pages.translate", reworded)
    routes_installing._worker.cache_clear()
    assert (await client.get("/sw.js")).text != before
    monkeypatch.undo()
    routes_installing._worker.cache_clear()
    assert (await client.get("/sw.js")).text == before


@pytest.mark.parametrize(("spoken", "words"), [("zh-CN", "您离线了"), ("en", "You are offline")])
async def test_the_page_without_a_network_is_kept_in_both_languages_and_chooses_none(
    client: httpx.AsyncClient, spoken: str, words: str
) -> None:
    answer = await client.get(f"/offline/{spoken}", headers=HTML)
    assert (answer.status_code, f"<h1>{words}</h1>" in answer.text, "set-cookie" in answer.headers) == (200, True, False)
    assert (await client.get("/offline/fr", headers=HTML)).status_code == 404


async def test_a_page_may_start_a_worker_and_a_manifest_of_ours_alone(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/my", headers=HTML)).headers["content-security-policy"]
    assert ("worker-src 'self'" in policy, "manifest-src 'self'" in policy) == (True, True)
