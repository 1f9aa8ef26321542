import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from events.calendar.maps import load_map, remove_map
from events.cli import main
from infra.installation import Installation

HTML = {"Accept": "text/html"}
RING = [[121.50, 31.30], [121.52, 31.30], [121.52, 31.32], [121.50, 31.32], [121.50, 31.30]]


def outlines(*codes: str) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [RING]}
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {"code": code}, "geometry": geometry} for code in codes],
    }


@pytest.fixture
def database(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", installation.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))


@pytest.mark.usefixtures("database")
async def test_an_administrator_loads_outlines_with_their_number_and_takes_them_away(
    client: httpx.AsyncClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "map.json"
    file.write_text(json.dumps(outlines("310110016")))
    load = ["map", "load", str(file), "--region", "310110", "--approval", "GS(2024)1234号"]
    assert await asyncio.to_thread(main, load) == 0
    assert "without one: 定海路街道" in capsys.readouterr().out
    html = (await client.get("/calendar/2026-05/map", headers=HTML)).text
    assert "审图号：GS(2024)1234号" in html
    assert ('aria-label="殷行街道，0 项活动"' in html, "以下单位在这张地图上没有轮廓" in html, "示意" in html) == (True, True, False)
    assert await asyncio.to_thread(main, ["map", "remove", "--region", "310110"]) == 0
    assert await asyncio.to_thread(main, ["map", "remove", "--region", "310110"]) == 0
    assert "there were no outlines" in capsys.readouterr().out


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("content", "region", "approval", "said"),
    [
        (json.dumps(outlines("310104")), "310110", "GS(2024)1234号", "features\\[0\\]"),
        ("{", "310110", "GS(2024)1234号", "no JSON"),
        ("[" * 100_000, "310110", "GS(2024)1234号", "no JSON"),
        (json.dumps(outlines("310110016")), "310110", "none", "approval"),
        (json.dumps(outlines("310110016")), "999999", "GS(2024)1234号", "region"),
        (json.dumps(outlines("310110016")), "310110016", "GS(2024)1234号", "region"),
        (" " * (8 * 1024 * 1024 + 1), "310110", "GS(2024)1234号", "larger than 8 MB"),
        (None, "310110", "GS(2024)1234号", "No such file"),
    ],
)
async def test_what_is_no_map_is_refused_in_a_sentence(tmp_path: Path, content: str | None, region: str, approval: str, said: str) -> None:
    file = tmp_path / "map.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SystemExit, match=said):
        await asyncio.to_thread(main, ["map", "load", str(file), "--region", region, "--approval", approval])


async def test_a_loaded_map_shows_at_once_on_maps_that_were_ready(client: httpx.AsyncClient, installation: Installation) -> None:
    assert "示意" in (await client.get("/calendar/2026-05/map", headers=HTML)).text
    async with installation.sessions.begin() as session:
        await load_map(session, "310110", outlines("310110016"), approval="沪S(2023)015号")
    assert "沪S(2023)015号" in (await client.get("/calendar/2026-05/map", headers=HTML)).text
    async with installation.sessions.begin() as session:
        assert await remove_map(session, "310110")
    assert "示意" in (await client.get("/calendar/2026-05/map", headers=HTML)).text
