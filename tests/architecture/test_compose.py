"""`docker-compose.yml` and the image, read where there is no engine to run them."""

import json
import re
from pathlib import Path

import pytest
import yaml

from attendance_portal.env import NAMES, read_environment

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_services_are_the_portal_and_its_two_servers():
    assert set(SERVICES) == {*OURS, "db", "redis"}


def test_images_are_pinned_to_a_version_the_portal_supports():
    assert SERVICES["db"]["image"] == "postgres:18"
    assert SERVICES["redis"]["image"] == "redis:7"


def test_database_sorts_as_in_development():
    arguments = SERVICES["db"]["environment"]["POSTGRES_INITDB_ARGS"]

    assert arguments == "--locale-provider=builtin --locale=C.UTF-8"


@pytest.mark.parametrize("name", OURS)
def test_variables_are_known_and_enough_to_start_in_production(name):
    variables = SERVICES[name]["environment"]
    assert set(variables) <= set(NAMES)

    environment = read_environment(
        {key: re.sub(r"\$\{(\w+)[^}]*\}", "x" * 50, value) for key, value in variables.items()}
    )

    assert environment.production
    assert environment.database["HOST"] == "db"
    assert environment.redis_url.startswith("redis://redis:")


def test_database_url_fits_the_databases_own_settings():
    database = SERVICES["db"]["environment"]
    url = SERVICES["web"]["environment"]["DATABASE_URL"]

    assert url.startswith(f"postgresql://{database['POSTGRES_USER']}:")
    assert url.endswith(f"@db:5432/{database['POSTGRES_DB']}")
    assert database["POSTGRES_PASSWORD"] in url


def test_secrets_have_no_default():
    text = (ROOT / "docker-compose.yml").read_text()

    assert re.findall(r"\$\{\w+(?::-|-)", text) == []


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_processes_wait_for_servers_and_migrations(name):
    waits = SERVICES[name]["depends_on"]

    assert waits["db"]["condition"] == waits["redis"]["condition"] == "service_healthy"
    assert waits["migrate"]["condition"] == "service_completed_successfully"


def test_beat_runs_once_and_worker_apart():
    assert SERVICES["beat"]["command"][:4] == ["celery", "--app", "attendance_portal", "beat"]
    assert SERVICES["worker"]["command"][:4] == ["celery", "--app", "attendance_portal", "worker"]
    assert "deploy" not in SERVICES["beat"]


def test_only_the_web_process_is_reachable_and_only_from_this_machine():
    open_ports = {name: each["ports"] for name, each in SERVICES.items() if "ports" in each}

    assert open_ports == {"web": ["127.0.0.1:8000:8000"]}


def test_data_is_kept_in_named_volumes():
    used = {mount.split(":")[0] for each in SERVICES.values() for mount in each.get("volumes", [])}

    assert used == set(COMPOSE["volumes"])


def test_image_runs_as_an_ordinary_user_with_locked_packages():
    assert DOCKERFILE.index("USER portal") < DOCKERFILE.index("CMD")
    assert "--require-hashes -r requirements/base.txt" in DOCKERFILE
    assert "collectstatic --noinput" in DOCKERFILE


def test_image_serves_with_gunicorn_without_a_control_socket():
    command = json.loads(DOCKERFILE[DOCKERFILE.index("CMD") + 3 :].replace("\\\n", ""))

    assert command[:2] == ["gunicorn", "attendance_portal.wsgi:application"]
    assert {"--preload", "--no-control-socket"} <= set(command)
