import re
from pathlib import Path

import pytest

from node.errors import Misconfigured
from node.settings import Settings, read_settings, unknown_variables

PUBLIC = "https://community.example"
OPERATING = Path(__file__).parents[1] / "docs" / "operating.md"


@pytest.fixture(autouse=True)
def _an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def refused(**settings):
    with pytest.raises(Misconfigured) as error:
        read_settings(**settings)
    return error.value.message


def test_one_setting_is_required_and_the_error_says_what_it_is():
    assert refused() == (
        "ARCHIPEL_URL: is required: the public address of this node, such as https://community.example "
        "(Public address of the node, such as https://community.example)"
    )


def test_the_rest_has_safe_defaults():
    settings = read_settings(url=PUBLIC)
    assert (settings.home, settings.host, settings.secure) == (PUBLIC, "community.example", True)
    assert (settings.development, settings.listen, settings.trusted_proxies) == (
        False,
        "127.0.0.1",
        "127.0.0.1",
    )
    assert settings.database_url == "sqlite+aiosqlite:///data/archipel.db"


@pytest.mark.parametrize(
    "url",
    [
        "http://community.example",
        "https://community.example:8443",
        "https://community.example/forum",
        "https://community.example?x",
        "https://community.example#x",
        "https://me@community.example",
        "https://Community.example",
        "https://bücher.example",
        "https://commu nity.example",
        "https://",
        "community.example",
        "ftp://community.example",
    ],
)
def test_a_public_address_is_https_and_a_host_alone(url):
    assert refused(url=url).startswith("ARCHIPEL_URL: ")


def test_a_slash_at_the_end_is_forgiven():
    assert read_settings(url=f" {PUBLIC}/ ").url == PUBLIC


@pytest.mark.parametrize("url", ["http://localhost:8000", "https://localhost", "http://127.0.0.1:8000"])
def test_development_allows_http_and_ports(url):
    settings = read_settings(url=url, development=True)
    assert (settings.url, settings.secure) == (url, url.startswith("https"))


@pytest.mark.parametrize("url", ["ftp://localhost", "http://localhost/x", "localhost:8000"])
def test_development_is_no_excuse_for_nonsense(url):
    assert refused(url=url, development=True)


def test_arguments_beat_variables_and_variables_beat_the_file(tmp_path, monkeypatch):
    (tmp_path / "archipel.toml").write_text(
        f'url = "{PUBLIC}"\nname = "file"\nport = 8001\nlanguage = "fr"\n'
    )
    monkeypatch.setenv("ARCHIPEL_NAME", "variable")
    monkeypatch.setenv("ARCHIPEL_PORT", "8002")
    settings = read_settings(port=8003)
    assert (settings.language, settings.name, settings.port) == ("fr", "variable", 8003)


def test_an_unknown_key_of_the_file_is_refused(tmp_path):
    (tmp_path / "archipel.toml").write_text(f'url = "{PUBLIC}"\nlangage = "fr"\n')
    assert "ARCHIPEL_LANGAGE" in refused()


def test_every_wrong_value_is_named_and_none_is_shown():
    message = refused(url=PUBLIC, port=0, language="canary", max_body=1)
    assert [line.split(":")[0] for line in message.splitlines()] == [
        "ARCHIPEL_LANGUAGE",
        "ARCHIPEL_PORT",
        "ARCHIPEL_MAX_BODY",
    ]
    assert "canary" not in message


def test_settings_do_not_change():
    with pytest.raises(ValueError, match="frozen"):
        read_settings(url=PUBLIC).url = "https://other.example"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_postgresql_url_gets_its_driver(scheme):
    settings = read_settings(url=PUBLIC, database=f"{scheme}://me@db/archipel")
    assert settings.database_url == "postgresql+asyncpg://me@db/archipel"


def test_a_missing_file_that_was_asked_for_is_an_error(tmp_path):
    with pytest.raises(Misconfigured, match="no settings file"):
        read_settings(tmp_path / "missing.toml")


def test_misspelt_variables_are_found(monkeypatch):
    monkeypatch.setenv("ARCHIPEL_LANGAGE", "fr")
    monkeypatch.setenv("ARCHIPEL_NAME", "x")
    monkeypatch.setenv("ARCHIPEL_CONFIG", "x")
    assert unknown_variables() == ["ARCHIPEL_LANGAGE"]


def test_the_operators_table_names_every_setting_and_its_default():
    rows = dict(re.findall(r"^\| `ARCHIPEL_(\w+)` \| `?([^|`]*)`? \|", OPERATING.read_text(), re.MULTILINE))
    assert rows.pop("CONFIG", None) is not None
    expected = {name.upper(): str(field.default) or "none" for name, field in Settings.model_fields.items()}
    assert rows == expected | {"URL": "required"}


def test_an_empty_variable_is_none(monkeypatch):
    monkeypatch.setenv("ARCHIPEL_DEVELOPMENT", "")
    assert read_settings(url=PUBLIC).development is False


@pytest.mark.parametrize("token", ["too-short", "with a blank in the midst", "h\xe9t\xe9rog\xe8ne-et-longue"])
def test_a_token_for_metrics_is_hard_to_guess(token):
    assert "ARCHIPEL_METRICS_TOKEN: must have at least 16 characters" in refused(
        url=PUBLIC, metrics_token=token
    )


def test_the_token_for_metrics_is_not_shown():
    settings = Settings(url=PUBLIC, metrics_token="0123456789abcdef")
    assert "0123456789abcdef" not in repr(settings)
