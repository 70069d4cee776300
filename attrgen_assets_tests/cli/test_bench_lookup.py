"""`attrgen bench lookup`, small."""

import json
from pathlib import Path

from attrgen_assets_tests.cli.calling import attrgen


def test_every_load_is_measured_and_no_session_is_lost(mongo_uri: str, redis_url: str, tmp_path: Path) -> None:
    sizes = {"single": 2, "users": 4, "per-minute": 240, "seconds": 1, "unpaced": 6, "latency-ms": 20, "parts": 80}
    words = [word for name, value in sizes.items() for word in (f"--{name}", str(value))]
    env = {"MONGODB_URI": mongo_uri, "REDIS_URL": redis_url}
    done = attrgen("bench", "lookup", *words, cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    loads = ("one_at_a_time", "warm", "steady", "without_pauses")
    assert [found[name]["lookups"] for name in loads] == [2, 10, 4, 6]
    assert found["sessions_lost"] == 0
    assert sum(found["sessions"].values()) == 22
    assert len(found["goals"]) == 4
    assert found["one_at_a_time"]["p50_ms"] > 20 > found["one_at_a_time"]["p50_ms"] / 100
    assert list(tmp_path.iterdir()) == []  # nothing is left behind


def test_more_lookups_than_parts_are_refused(tmp_path: Path) -> None:
    done = attrgen("bench", "lookup", "--parts", "100", cwd=tmp_path)
    assert done.returncode == 2
    assert "fewer than the" in done.stderr
