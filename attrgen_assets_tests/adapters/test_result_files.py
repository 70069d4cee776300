"""Result files on disk."""

from hashlib import sha256
from pathlib import Path

import pytest

from attrgen_assets.adapters.result_files import files_sha256, read_results, versions_of, write_result
from attrgen_assets.domain.reporting.results import sample
from attrgen_assets.errors import ResultError


def test_a_result_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_result(tmp_path / "new" / "matching.json", sample())
    assert read_results(tmp_path / "new") == [sample()]


def test_a_file_is_called_after_its_bench(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match=r"must be called matching\.json"):
        write_result(tmp_path / "other.json", sample())
    write_result(tmp_path / "matching.json", sample())
    (tmp_path / "matching.json").rename(tmp_path / "renamed.json")
    with pytest.raises(ResultError, match=r"renamed\.json: bench: the file must be called matching\.json"):
        read_results(tmp_path)


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    (tmp_path / "b.json").write_text("nothing", encoding="utf-8")
    with pytest.raises(ResultError) as caught:
        read_results(tmp_path)
    assert "a.json: bench: Field required" in str(caught.value)
    assert "b.json: " in str(caught.value)


def test_a_folder_without_results_says_what_writes_them(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="--result FILE"):
        read_results(tmp_path)


def test_hashes_are_of_the_bytes_and_by_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name, data in (("b.csv", b"b\r\n"), ("sub/a.csv", b"")):
        (tmp_path / name).write_bytes(data)
    paths = [tmp_path / "b.csv", tmp_path / "sub" / "a.csv", tmp_path / "b.csv"]
    found = files_sha256(paths, relative_to=tmp_path)
    assert found == {"b.csv": sha256(b"b\r\n").hexdigest(), "sub/a.csv": sha256(b"").hexdigest()}
    with pytest.raises(ResultError, match="gone"):
        files_sha256([tmp_path / "gone"], relative_to=tmp_path)


def test_versions_are_of_what_is_installed() -> None:
    assert list(versions_of("pydantic", "no-such-package-here")) == ["pydantic"]
