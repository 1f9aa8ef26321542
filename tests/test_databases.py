import asyncpg
import pytest

from tests.databases import Server


async def test_a_cloned_database_has_the_rows_of_its_template_and_is_its_own(database_server: Server) -> None:
    template = await asyncpg.connect(await database_server.create("clone_of_what"))
    await template.execute("CREATE TABLE sport (name text); INSERT INTO sport VALUES ('藤球')")
    await template.close()

    clone = await asyncpg.connect(await database_server.create("clone", template="clone_of_what"))
    await clone.execute("INSERT INTO sport VALUES ('龙舟')")
    assert await clone.fetchval("SELECT string_agg(name, ' ') FROM sport") == "藤球 龙舟"

    await database_server.drop("clone")  # with the session still in it
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)):
        await clone.fetchval("SELECT 1")
    template = await asyncpg.connect(database_server.dsn("clone_of_what"))
    assert await template.fetchval("SELECT string_agg(name, ' ') FROM sport") == "藤球"
    await template.close()
    await database_server.drop("clone_of_what")
