import re

import httpx

from infra.installation import Installation
from infra.openapi import describe_refusals
from tests.apps import app_over

HTML = {"Accept": "text/html"}


async def test_the_api_is_described_by_a_page_that_loads_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/docs", headers=HTML)
    assert answer.status_code == 200
    assert "POST</b> /api/v1/divisions/{division_id}/registrations" in answer.text
    assert re.findall(r'(?:src|href)="(?:https?:)?//', answer.text) == []
    assert "unsafe" not in answer.headers["content-security-policy"]


async def test_the_example_names_the_site_and_not_what_the_request_said(client: httpx.AsyncClient) -> None:
    shown = (await client.get("/api/docs", headers=HTML | {"Host": "evil.example"})).text
    assert ("evil.example" in shown, "http://127.0.0.1:8000/api/v1/events" in shown) == (False, True)


def test_every_operation_says_how_it_refuses(installation: Installation) -> None:
    schema = app_over(installation).openapi_schema
    describe_refusals(schema)
    paths = schema.to_schema()["paths"]
    operations = [(path, method, found) for path, item in paths.items() for method, found in item.items()]
    assert len(operations) > 20
    assert [(path, method) for path, method, found in operations if "400" in found["responses"]] == []
    assert {tuple(found["responses"]["default"]["content"]) for _, _, found in operations} == {("application/problem+json",)}


def test_every_address_says_what_it_is_for(installation: Installation) -> None:
    paths = app_over(installation).openapi_schema.to_schema()["paths"]
    assert [f"{method} {path}" for path, item in paths.items() for method, found in item.items() if not found.get("description")] == []
