import re
from ipaddress import ip_network
from pathlib import Path

import pytest

from infra.settings import BadSetting, Settings, read_settings


def test_an_empty_environment_gives_an_installation_for_one_machine() -> None:
    settings = read_settings({})
    assert (settings.public_url, settings.data, settings.zone.key) == ("http://127.0.0.1:8000", Path(".saili"), "Asia/Shanghai")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:81"),
        ("0.0.0.0", "http://127.0.0.1:81"),  # noqa: S104 - read, not listened on
        ("::", "http://[::1]:81"),
        ("fd00::7", "http://[fd00::7]:81"),
        ("saili.local", "http://saili.local:81"),
    ],
)
def test_links_lead_where_the_server_is_reached_unless_the_public_address_is_set(host: str, address: str) -> None:
    assert read_settings({"HOST": host, "PORT": "81"}).public_url == address
    assert read_settings({"HOST": host, "BASE_URL": "https://saili.example/"}).public_url == "https://saili.example"


def test_an_empty_variable_counts_as_unset() -> None:
    assert read_settings({"PORT": " ", "DATABASE_URL": ""}) == read_settings({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "80a"),
        ("PORT", "70000"),
        ("DATABASE_URL", "mysql://x/y"),
        ("BROKER_URL", "redis://localhost"),
        ("BASE_URL", "saili.example"),
        ("BASE_URL", "https:///calendar"),
        ("BASE_URL", "https://saili.example:8o"),
        ("BASE_URL", "https://saili.example/the calendar"),
        ("BASE_URL", "https://[::1"),
        ("BROKER_URL", "amqp://saili:key@rabbit:99999"),
        ("SECRET_KEY", "short"),
        ("TIMEZONE", "Asia/Nowhere"),
        ("HOME_REGION", "上海"),
        ("STORE_URL", "ftp://store"),
        ("DEMO", "maybe"),
        ("TRUSTED_PROXIES", "10.0.0.1/8, x"),
        ("NETWORK_LIMIT", "0"),
        ("LOG_LEVEL", "LOUD"),
        ("PUSH", "maybe"),
        ("PUSH_SERVICES", "https://push.example.org/path"),
        ("PUSH_SERVICES", "*"),
        ("PUSH_SERVICES", "localhost, push.example.org"),
        ("REPORTS_MAIL", "sport"),
        ("SMTP_URL", "mail.example:25"),
        ("SMTP_URL", "smtp://mail.example:smtp"),
        ("MAIL_FROM", "赛历"),
        ("MAIL_FROM", "赛历 <邮件@example.org>"),
    ],
)
def test_a_bad_value_is_refused_by_the_variables_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=rf"^{name} must be "):
        read_settings({name: value})


def test_a_refusal_prints_no_secret() -> None:
    for name, value in (("SECRET_KEY", "hunter2"), ("DATABASE_URL", "mysql://user:hunter2@db/x")):
        with pytest.raises(BadSetting) as refused:
            read_settings({name: value})
        assert "hunter2" not in str(refused.value)


def test_networks_are_read_as_a_list() -> None:
    assert read_settings({"TRUSTED_PROXIES": "10.0.0.0/8, ::1/128"}).trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1/128"))


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = read_settings({"SAILI_DATA": str(tmp_path / "new")})
    key = settings.require_secret()
    assert (len(key) >= 32, settings.require_secret()) == (True, key)
    assert (tmp_path / "new" / "secret-key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret-key"]


def test_the_operators_table_names_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", Path("docs/operators.md").read_text(), re.MULTILINE)
    expected = [
        (f.metadata["name"], f"`{f.metadata['default']}`" if f.metadata["default"] else "", f.metadata["doc"])
        for f in Settings.__dataclass_fields__.values()
    ]
    assert rows == expected
