"""`attrgen lookup` as a user calls it, with suppliers that misbehave."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.stores.mongo_indexes import LOOKUP_SESSIONS, RAW_RESPONSES
from attrgen_assets.adapters.stores.mongo_lookups import MongoLookups
from attrgen_assets.adapters.suppliers.sandbox import SANDBOX_SECRETS
from attrgen_assets.adapters.suppliers.sandbox.server import running_sandbox
from attrgen_assets.domain.parts.sessions import LookupSession, LookupStatus
from attrgen_assets_tests.cli.calling import attrgen

SECRETS = [
    value for names in SANDBOX_SECRETS.values() for name, value in names.items() if name != "partner_tag"
]  # fmt: skip


@pytest.fixture
def servers(mongo_uri: str, mongo_store: MongoStore, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of the running servers."""
    return {
        "MONGODB_URI": mongo_uri,
        "ATTRGEN_MONGODB_DATABASE": mongo_store.database.name,
        "REDIS_URL": redis_url,
        "ATTRGEN_HOME": str(tmp_path / "home"),
    }


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ("echo=0.6,429=0.2,cut=0.1", "HTTP 400"),
        ("hostile=0.7,truncated=0.2,500=0.1", "refused"),
        ("hang=1", "no answer within 2 s"),
        ("marcone.429=1", "marcone: failed, search: sign-in at http"),
    ],
)
def test_whatever_suppliers_do_the_answer_is_json_in_time_and_no_secret_is_anywhere(
    faults: str, said: str, servers: dict[str, str], mongo_store: MongoStore, tmp_path: Path
) -> None:
    with running_sandbox(latency_ms=0, parts=20, faults=faults) as url:
        # Nobody answers at this address: what is said of it belongs into the log.
        env = servers | {"ATTRGEN_SUPPLIERS_SANDBOX_URL": url, "REDIS_URL": "redis://127.0.0.1:9"}
        words = ("lookup", "WR55X11152", "--json", "--deadline-s", "2")
        done = attrgen(*words, cwd=tmp_path, env=env)
    found = json.loads(done.stdout)
    session = found["session"]
    assert session["status"] in ("PARTIAL", "FAILED")
    assert done.returncode == (found["record"] is None)
    assert said in session["reason"]
    assert "***" not in session["reason"]  # a message that was taken for a secret helps nobody
    assert max(one["elapsed_s"] for one in session["suppliers"]) < 4
    kept = repr([list(mongo_store.database[name].find()) for name in (RAW_RESPONSES, LOOKUP_SESSIONS, "documents")])
    logs = "".join(path.read_text("utf-8") for path in (tmp_path / "home").rglob("*.log"))
    assert "match cache is not used" in logs
    for secret in SECRETS:
        assert secret not in done.stdout + done.stderr + kept + logs
    assert all(len(row["body"]) <= 1_000_000 for row in mongo_store.database[RAW_RESPONSES].find())


def test_answers_that_nobody_understands_empty_no_record(servers: dict[str, str], tmp_path: Path) -> None:
    found, shown = [], []
    for faults in ("", "types=1"):
        with running_sandbox(latency_ms=0, parts=20, faults=faults) as url:
            env = servers | {"ATTRGEN_SUPPLIERS_SANDBOX_URL": url}
            done = attrgen("lookup", "WR55X10025", "--json", "--refresh", cwd=tmp_path, env=env)
            shown.append(json.loads(done.stdout))
            found.append((done.returncode, shown[-1]["session"]["status"]))
    assert found == [(0, "COMPLETED"), (0, "PARTIAL")]
    whole, later = (one["record"]["fields"] for one in shown)
    for name in ("manufacturer", "part_title", "compatible_models", "cross_reference_parts", "weight_lbs"):
        assert (whole[name]["status"], later[name]["status"]) == ("FOUND", "FOUND")


def test_sessions_are_listed_and_those_that_were_killed_are_ended(
    servers: dict[str, str], mongo_store: MongoStore, tmp_path: Path
) -> None:
    sessions = MongoLookups(mongo_store.database)
    now = datetime.now(tz=UTC)
    for name, minutes in (("killed", 60), ("running", 1)):
        sessions.write_session(
            LookupSession(
                session_id=name, part_number="A1", status=LookupStatus.IN_PROGRESS,
                started_at=now - timedelta(minutes=minutes),
            )
        )  # fmt: skip
    done = attrgen("lookup", "a1", "--sessions", cwd=tmp_path, env=servers)
    killed, running = done.stdout.splitlines()
    assert "killed  FAILED: abandoned: whoever looked the part up was stopped" in killed
    assert running.endswith("running  IN_PROGRESS")
    listed = json.loads(attrgen("lookup", "A1", "--sessions", "--json", cwd=tmp_path, env=servers).stdout)
    assert [one["status"] for one in listed] == ["FAILED", "IN_PROGRESS"]


def test_a_replay_makes_the_record_again_and_calls_nobody(
    servers: dict[str, str], mongo_store: MongoStore, tmp_path: Path
) -> None:
    with running_sandbox(latency_ms=0, parts=20) as url:
        env = servers | {"ATTRGEN_SUPPLIERS_SANDBOX_URL": url}
        assert attrgen("lookup", "WR55X11152", cwd=tmp_path, env=env).returncode == 0
    done = attrgen("suppliers", "replay", "WR55X11152", "--store", cwd=tmp_path, env=env)
    assert done.stdout.startswith("WR55X11152 is replaced by WR55X10025: encompass, marcone, reliable_parts\n")
    assert "WR55X10025  amazon: ok in " in done.stdout
    assert done.stdout.endswith("appliance_part:WR55X10025: unchanged\n")
    assert len(list(mongo_store.list_versions("appliance_part:WR55X10025"))) == 1
    unknown = attrgen("suppliers", "replay", "A1", cwd=tmp_path, env=servers)
    assert (unknown.returncode, unknown.stdout) == (1, "")
