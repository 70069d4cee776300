"""`attrgen up` and `attrgen backfill`: served, used, stopped and killed, each as a process of its own."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import dagster as dg
import pytest

from attrgen_assets.cli.graph_client import GraphClient
from attrgen_assets.cli.graph_up import free_ports, only_one, serving_url
from attrgen_assets.definitions import open_instance
from attrgen_assets.errors import StoreUnavailable, TerminalError
from attrgen_assets_tests.cli.graph_calling import Home, end, wait_until


@contextmanager
def up(home: Home, *words: str, in_background: bool = False) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """`attrgen up` in a process of its own, and the URL it serves at; gone afterwards, whatever happened."""
    process = home.start("up", *words, in_background=in_background)
    try:
        wait_until(lambda: serving_url(home.path) is not None or process.poll() is not None, timeout_s=200)
        url = serving_url(home.path)
        assert url is not None
        yield process, url
    finally:
        print(end(process))  # noqa: T201 - shown where the test fails
        wait_until(lambda: home.processes() == {}, timeout_s=60)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.mark.long
def test_it_serves_runs_backfills_and_stops_all_that_it_started(home: Home) -> None:
    with up(home, in_background=True) as (process, url):
        assert GraphClient(url).load_error(home.path / "dagster") is None

        with pytest.raises(StoreUnavailable, match="not of /elsewhere"):
            GraphClient(url).load_error(Path("/elsewhere"))

        second = home.call("up")
        assert (second.returncode, second.stderr.strip()) == (1, f"error: attrgen is up already: {url}")

        (home.config_dir / "feeds" / "kurta.csv").unlink()
        code, found = home.results("backfill", "kurta", "saree")
        assert code == 1
        kurta, saree = found["runs"]
        assert (kurta["product_type"], saree["product_type"]) == ("kurta", "saree")
        assert "no feed file matches 'kurta.csv'" in kurta["error"]
        assert (saree["ok"], saree["rows"]) == (True, saree["documents"] + saree["quarantined"])
        with open_instance(home.path) as instance:
            run = instance.get_run_by_id(saree["run_id"])
            assert run is not None
            assert "dagster/backfill" in run.tags

        # The background of a shell ignores Ctrl-C; ours hears both that and SIGTERM all the same.
        children = [line for line in home.processes().values() if "dagster" in line]
        assert len(children) >= 4, children
        serving = next(int(pid) for pid in _children_of(process.pid))
        os.kill(serving, signal.SIGINT)
        assert process.wait(90) == 0
    assert serving_url(home.path) is None


@pytest.mark.long
def test_kill_9_leaves_nothing_behind_that_keeps_the_next_one_from_starting(home: Home) -> None:
    with up(home) as (process, url):
        process.kill()
        process.wait()
        wait_until(lambda: home.processes() == {}, timeout_s=60)
        with pytest.raises(StoreUnavailable):
            GraphClient(url).load_error(home.path / "dagster")
    with up(home) as (process, _):
        process.terminate()
        assert process.wait(90) == 0
        assert process.stdout is not None
        output = process.stdout.read()
    assert re.search(r"attrgen is up: http://127\.0\.0\.1:\d+/locations/attrgen_assets/", output)
    assert output.rstrip().endswith("stopped")


@pytest.mark.long
def test_two_that_start_at_once_get_ports_of_their_own(tmp_path: Path) -> None:
    homes = [Home(tmp_path / name) for name in ("one", "other")]
    started = [home.start("up") for home in homes]
    try:
        wait_until(lambda: all(serving_url(home.path) for home in homes), timeout_s=200)
        urls = [serving_url(home.path) or "" for home in homes]
        assert len(set(urls)) == 2
        for home, url in zip(homes, urls, strict=True):
            assert GraphClient(url).load_error(home.path / "dagster") is None
        for process in started:
            process.terminate()
        assert [process.wait(90) for process in started] == [0, 0]
    finally:
        for process in started:
            end(process)


@pytest.mark.long
def test_without_a_server_a_backfill_runs_here(home: Home) -> None:
    result = home.call("backfill", "saree")
    assert result.returncode == 0, result.stderr
    assert "saree: done in" in result.stderr
    with open_instance(home.path) as instance:
        assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.SUCCESS]


def _children_of(process_id: int) -> list[str]:
    return Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()


class TestFreePorts:
    def test_a_taken_port_is_refused_by_name(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(TerminalError, match=f"port {port} is taken on 127.0.0.1; name a free one with --port"):
                next(free_ports("127.0.0.1", port))

    def test_a_free_port_is_taken_as_it_is_and_there_is_no_other(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as found:
            port = found.getsockname()[1]
        ports = free_ports("127.0.0.1", port)
        assert next(ports) == port
        with pytest.raises(TerminalError):
            next(ports)

    def test_without_a_wish_the_free_ones_are_offered_in_order(self) -> None:
        first, second = islice(free_ports("127.0.0.1", None), 2)
        assert 3000 <= first < second < 3020


class TestOnlyOne:
    def test_a_second_one_is_refused(self, tmp_path: Path) -> None:
        folder = tmp_path / "dagster"
        folder.mkdir()
        with only_one(folder):
            assert serving_url(tmp_path) is None  # it does not serve yet
            with pytest.raises(TerminalError, match="is up already"), only_one(folder):
                pass
        with only_one(folder):
            assert serving_url(tmp_path) is None
            (folder / "up.json").write_text('{"url": "http://127.0.0.1:1"}')
            assert serving_url(tmp_path) == "http://127.0.0.1:1"
        assert serving_url(tmp_path) is None  # what a killed one wrote does not count


def test_a_webserver_that_is_not_there_may_come(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(StoreUnavailable, match="is `attrgen up` running"):
        GraphClient(url).launch_backfill("catalogue", ["saree"], tags={})
