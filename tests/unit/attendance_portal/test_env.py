from datetime import date

import pytest
from django.core.exceptions import ImproperlyConfigured

from attendance_portal.env import development_secret_key, read_environment

COMPLETE = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": "x" * 50,
    "ALLOWED_HOSTS": "attendance.example.gov.uk,www.example.gov.uk",
    "DATABASE_URL": "postgresql://attend:pw@db:5432/attend",
    "REDIS_URL": "redis://redis:6379/0",
}


@pytest.fixture
def production(tmp_path):
    return {**COMPLETE, "ATTENDANCE_PORTAL_HOME": str(tmp_path)}


@pytest.fixture
def development(tmp_path):
    return {"ATTENDANCE_PORTAL_HOME": str(tmp_path)}


def test_production_complete_is_read(production):
    environment = read_environment(production)

    assert environment.production
    assert not environment.debug
    assert environment.allowed_hosts == ["attendance.example.gov.uk", "www.example.gov.uk"]
    assert environment.database["HOST"] == "db"
    assert environment.celery_broker_url == environment.redis_url == "redis://redis:6379/0"
    assert environment.portal_today is None


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_production_with_one_missing_names_it_and_an_example(production, name, value):
    given = {key: text for key, text in production.items() if key != name}
    if value is not None:
        given[name] = value

    with pytest.raises(ImproperlyConfigured, match=rf"without {name}: .* {name}=\S") as refusal:
        read_environment(given)

    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORTAL_TODAY", "2026-03-03", "unset PORTAL_TODAY"),
        ("PORTAL_DEBUG", "true", "unset PORTAL_DEBUG"),
        ("SECRET_KEY", "x" * 49, "SECRET_KEY is too short"),
    ],
)
def test_production_with_what_it_must_not_have_is_refused(production, name, value, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        read_environment({**production, name: value})


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORTAL_ENV", "staging", "must be production or development"),
        ("PORTAL_TODAY", "3 March", "must be a date"),
        ("LOG_LEVEL", "LOUD", "must be one of DEBUG"),
        ("DATABASE_URL", "sqlite:///x", "must name a PostgreSQL database"),
        ("REDIS_URL", "memcached://x", "must name a Redis or Valkey server"),
    ],
)
def test_malformed_value_gets_a_sentence(development, name, value, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        read_environment({**development, name: value})


def test_development_takes_today_and_debug(development):
    environment = read_environment({**development, "PORTAL_TODAY": "2026-03-03"})

    assert environment.portal_today == date(2026, 3, 3)
    assert environment.debug
    assert not read_environment({**development, "PORTAL_DEBUG": "false"}).debug


def test_unix_sockets_are_understood(development):
    environment = read_environment(
        {
            **development,
            "DATABASE_URL": "postgresql://app@/attend?host=/sockets/pg",
            "REDIS_URL": "unix:///sockets/valkey.sock?db=3",
        }
    )

    assert environment.database["HOST"] == "/sockets/pg"
    assert environment.database["NAME"] == "attend"
    assert environment.celery_broker_url == "redis+socket:///sockets/valkey.sock?virtual_host=3"


def test_nothing_named_starts_and_the_address_says_what_to_do(development):
    environment = read_environment(development)

    assert "run `make demo` in another terminal or set DATABASE_URL" in environment.database["HOST"]
    assert "set REDIS_URL" in environment.redis_url


def run_file(tmp_path, socket):
    lines = [f"DATABASE_URL=postgresql://app@/attend?host={socket}", "REDIS_URL=unix:///v?db=1"]
    (tmp_path / "run.env").write_text("\n".join([*lines, "PORTAL_TODAY=2026-03-03", ""]))


def test_running_demo_is_found_by_its_run_file(development, tmp_path):
    run_file(tmp_path, tmp_path)

    environment = read_environment(development)

    assert environment.database["HOST"] == str(tmp_path)
    assert environment.redis_url == "unix:///v?db=1"
    assert environment.portal_today == date(2026, 3, 3)


def test_run_file_whose_socket_is_gone_is_ignored(development, tmp_path):
    run_file(tmp_path, tmp_path / "gone")

    assert "make demo" in read_environment(development).database["HOST"]
    assert read_environment(development).portal_today is None


def test_run_file_yields_to_a_named_database(development, tmp_path):
    run_file(tmp_path, tmp_path)

    environment = read_environment({**development, "DATABASE_URL": "postgresql://me@here/mine"})

    assert environment.database["HOST"] == "here"
    assert environment.portal_today is None


@pytest.mark.parametrize(
    ("query", "options"),
    [("", "-c jit=off"), ("?options=-c%20work_mem%3D64MB", "-c work_mem=64MB -c jit=off")],
)
def test_statements_are_never_compiled_just_in_time(development, query, options):
    given = {**development, "DATABASE_URL": f"postgresql://me@here/mine{query}"}

    assert read_environment(given).database["OPTIONS"]["options"] == options


def test_run_file_is_not_read_in_production(production, tmp_path):
    run_file(tmp_path, tmp_path)
    del production["DATABASE_URL"]

    with pytest.raises(ImproperlyConfigured, match="without DATABASE_URL"):
        read_environment(production)


def test_development_secret_key_is_kept_and_private(tmp_path):
    first = development_secret_key(tmp_path / "new")

    assert development_secret_key(tmp_path / "new") == first
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret_key"]
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o077 == 0


def test_development_secret_key_nowhere_to_keep_it_is_still_one(tmp_path):
    (tmp_path / "file").touch()

    assert len(development_secret_key(tmp_path / "file")) >= 50


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "https://attendance.example.gov.uk"),
        ({"ALLOWED_HOSTS": ".example.gov.uk"}, "https://example.gov.uk"),
        ({"PORTAL_ADDRESS": "https://portal.example/"}, "https://portal.example"),
    ],
)
def test_mail_leads_to_the_address_given_or_to_the_first_host(production, given, address):
    assert read_environment({**production, **given}).portal_address == address


def test_mail_of_development_leads_to_this_machine(development):
    assert read_environment(development).portal_address == "http://localhost:8000"


@pytest.mark.parametrize("address", ["portal.example", "ftp://portal.example", "https://"])
def test_address_that_opens_nothing_is_refused(development, address):
    with pytest.raises(ImproperlyConfigured, match="PORTAL_ADDRESS=https://attendance"):
        read_environment({**development, "PORTAL_ADDRESS": address})


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        ({}, "noreply@attendance.example.gov.uk"),
        ({"PORTAL_ADDRESS": "https://portal.example:8443/"}, "noreply@portal.example"),
        ({"EMAIL_FROM": "team@example.gov.uk"}, "team@example.gov.uk"),
        ({"EMAIL_FROM": "The team <team@example.gov.uk>"}, "The team <team@example.gov.uk>"),
    ],
)
def test_mail_comes_from_the_address_given_or_from_the_portals_own_name(production, given, sender):
    assert read_environment({**production, **given}).email_from == sender


def test_mail_of_development_comes_from_this_machine(development):
    assert read_environment(development).email_from == "noreply@localhost"


@pytest.mark.parametrize(
    "sender",
    ["the team", "team@", "@example.gov.uk", "The team <>", "a@b.example\nBcc: c@d.example"],
)
def test_sender_that_is_no_address_is_refused(development, sender):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_FROM=attendance@example"):
        read_environment({**development, "EMAIL_FROM": sender})


def test_mail_carries_the_sender(settings):
    assert settings.DEFAULT_FROM_EMAIL == settings.SERVER_EMAIL
    assert read_environment().email_from == settings.DEFAULT_FROM_EMAIL
