"""Hostile files are data: each gives a problem, quickly, and nothing is expanded, executed or waited for."""

import os
import socket
import sys
import time
from pathlib import Path

import pytest

from attrgen_assets.adapters.config_files import load_all, source_digest
from attrgen_assets.adapters.config_files.limits import MAX_BYTES, MAX_DEPTH
from attrgen_assets_tests.config_texts import APPAREL, SAREE, changed, line_of, make_config_dir, problems_of

PROMPT_S = 10.0
"""Far above what any of these takes, far below what an expansion would."""

BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
)

TEXTS: dict[str, tuple[str | bytes, str]] = {
    "anchor bomb": (BOMB, "aliases are not read"),
    "self reference": ("attributes: &a {b: *a}", "aliases are not read"),
    "merge key": ("a: &a {b: c}\nattributes:\n  <<: *a\n", "aliases are not read"),
    "python call": ("title: !!python/object/apply:os.system [touch hacked]", "tags are not read"),
    "python name": ("title: !!python/name:os.system", "tags are not read"),
    "own tag": ("title: !secret x", "tags are not read"),
    "tag of a root": ("!!python/object/new:os.system [touch hacked]", "tags are not read"),
    "deep lists": ("a: " + "[" * 50_000, "nested too deeply"),
    "deep mappings": ("a: " + "{a: " * 50_000, "nested too deeply"),
    "deep blocks": ("\n".join(" " * n + "a:" for n in range(500)), "nested too deeply"),
    "many dashes": ("- " * 50_000, "nested too deeply"),
    "many keys": ("? " * 50_000, "nested too deeply"),
    "NUL": (b"product_type: sa\x00ree", "a control character does not belong in a config file"),
    "escaped NUL": ('title: "a\\0b"', "a control character does not belong in a text of a config"),
    "latin-1": ("title: Crêpe".encode("latin-1"), "the file is not UTF-8"),
    "UTF-16": ("title: x".encode("utf-16"), "the file is not UTF-8"),
    "UTF-32": ("title: x".encode("utf-32"), "the file is not UTF-8"),
    "truncated UTF-8": (b"title: \xe2\x82", "the file is not UTF-8"),
    "nothing": (b"\n", "the file is empty"),
    "only a comment": ("# nothing\n", "the file is empty"),
    "a list": ("- a\n- b\n", "a config file is a mapping of keys to values"),
    "a word": ("saree", "a config file is a mapping of keys to values"),
    "two documents": (SAREE + "---\ntitle: x\n", "a second document in one file"),
    "tabs": ("a:\n\t- b\n", "not YAML: "),
    "open bracket": ("a: [b", "not YAML: "),
    "key that is a list": ("? [a, b]\n: c\n", "a key must be a text"),
    "surrogate": ('title: "\\ud800"', ""),
    "beyond Unicode": ('title: "\\Uffffffff"', ""),
    "huge number": (changed(SAREE, "[4.5, 10]", "[4.5, 1" + "0" * 5000 + "]"), "should be a number, in digits"),
    "huge exponent": (changed(SAREE, "[4.5, 10]", "[4.5, 1e999999999]"), "should be a number, in digits"),
    "long key": (f"{'k' * 100_000}: 1\n", ""),
    "long lines": (SAREE + "# " + "x" * 500_000, "-"),
}

JSON_TEXTS: dict[str, tuple[str | bytes, str]] = {
    "not JSON": ("{title: x}", "not JSON: a text in double quotes expected"),
    "key twice": ('{"title": "a",\n "title": "b"}', "the same key twice"),
    "deep lists": ('{"a": ' + "[" * 50_000, "nested too deeply"),
    "NaN": ('{"a": NaN}', "not JSON: a value expected"),
    "comma at the end": ('{"a": [1,]}', "not JSON: a value expected"),
    "something behind": ('{"a": 1} {"b": 2}', "not JSON: something follows the end"),
    "newline in a text": ('{"a": "b\nc"}', "not JSON: a text in double quotes expected"),
    "lone surrogate": ('{"title": "\\ud800"}', "a control character does not belong in a text of a config"),
    "NUL in a key": ('{"a\\u0000": 1}', "a control character does not belong in a key"),
    "bad escape": ('{"a": "\\x"}', "not JSON: an unknown escape in a text"),
    "open text": ('{"a": "b', "not JSON: a text in double quotes expected"),
    "nothing": (" ", "the file is empty"),
    "a list": ("[]", "a config file is a mapping of keys to values"),
}


def check_hostile(folder: Path, expected: str) -> None:
    before = time.monotonic()
    problems = problems_of(folder)
    assert time.monotonic() - before < PROMPT_S
    if expected == "-":
        assert problems == ()
        return
    assert any(problem.message.startswith(expected) for problem in problems), problems
    assert all(len(str(problem)) < 2000 for problem in problems)
    assert not (Path.cwd() / "hacked").exists()


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_yaml_is_a_problem(tmp_path: Path, name: str) -> None:
    text, expected = TEXTS[name]
    check_hostile(make_config_dir(tmp_path, {"product_types/saree.yaml": text}), expected)


@pytest.mark.parametrize("name", JSON_TEXTS)
def test_hostile_json_is_a_problem(tmp_path: Path, name: str) -> None:
    text, expected = JSON_TEXTS[name]
    check_hostile(
        make_config_dir(tmp_path, {"product_types/saree.json": text, "product_types/saree.yaml": ""}), expected
    )


def test_the_lines_of_aliases_and_tags_are_told_and_the_rest_is_still_read(tmp_path: Path) -> None:
    text = (
        changed(SAREE, "title: Sarees", "title: !!str Sarees")
        .replace("owners:", "ownres: &o")
        .replace("[4.5, 10]", "*range")
    )
    text += "extra: *o\n"
    found = [(p.line, p.message) for p in problems_of(make_config_dir(tmp_path, {"product_types/saree.yaml": text}))]
    assert found == [
        (2, "tags are not read"),
        (4, "anchors are not read"),
        (4, "unknown key"),
        (line_of(text, "*range"), "aliases are not read"),
        (line_of(text, "extra: *o"), "aliases are not read"),
    ]


def test_a_mark_of_the_byte_order_is_no_problem(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + SAREE.encode()
    assert problems_of(make_config_dir(tmp_path, {"product_types/saree.yaml": text})) == ()


def test_windows_line_ends_are_no_problem(tmp_path: Path) -> None:
    text = SAREE.replace("\n", "\r\n").encode()
    assert problems_of(make_config_dir(tmp_path, {"product_types/saree.yaml": text})) == ()


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    folder = make_config_dir(tmp_path)
    os.truncate(folder / "product_types/saree.yaml", 100_000_000)
    before = time.monotonic()
    [problem] = problems_of(folder)
    assert time.monotonic() - before < PROMPT_S
    assert (problem.message, problem.found) == ("the file is too large for a config file", "100000000 bytes")
    assert source_digest(folder, "saree") != source_digest(make_config_dir(folder), "saree")


def test_the_largest_file_that_is_read_is_read_in_time(tmp_path: Path) -> None:
    values = "".join(f"    - value {n:06} of a long list\n" for n in range(25_000))
    text = SAREE + "  # many values\n" + "vocabularies_:\n  many:\n" + values
    assert 0.8 * MAX_BYTES < len(text) < MAX_BYTES
    before = time.monotonic()
    [problem] = problems_of(make_config_dir(tmp_path, {"product_types/saree.yaml": text}))
    assert time.monotonic() - before < PROMPT_S
    assert problem.message == "unknown key"


@pytest.mark.parametrize("folder", ["product_types", "common"])
@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "folder", "link out", "link to itself", "no such file"])
def test_only_regular_files_inside_the_folder_are_read(tmp_path: Path, folder: str, kind: str) -> None:
    config_dir = make_config_dir(tmp_path / "config")
    path = config_dir / folder / {"product_types": "saree.yaml", "common": "apparel.yaml"}[folder]
    path.unlink()
    secret = tmp_path / "secret.yaml"
    secret.write_text(SAREE)
    server = socket.socket(socket.AF_UNIX)
    with server:
        match kind:
            case "pipe":
                os.mkfifo(path)
            case "socket":
                parent = os.open(path.parent, os.O_DIRECTORY)
                server.bind(f"/proc/self/fd/{parent}/{path.name}")  # the name of a socket has at most 107 characters
                os.close(parent)
            case "device":
                path.symlink_to("/dev/zero")
            case "folder":
                path.mkdir()
            case "link out":
                path.symlink_to(secret)
            case "link to itself":
                path.symlink_to(path)
            case _:
                path.symlink_to(tmp_path / "nothing")
        before = time.monotonic()
        problems = problems_of(config_dir)
    assert time.monotonic() - before < PROMPT_S
    assert len(problems) == 1
    assert problems[0].message.startswith(
        ("not a regular file", "the file is a link that leads out", "the file cannot")
    )


def test_a_link_inside_the_folder_is_followed(tmp_path: Path) -> None:
    folder = make_config_dir(tmp_path)
    (folder / "common/apparel.yaml").rename(folder / "common/garment.yaml")
    (folder / "common/apparel.yaml").symlink_to("garment.yaml")
    assert problems_of(folder) == ()


def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    folder = make_config_dir(tmp_path)
    path = folder / "product_types/saree.yaml"
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    [problem] = problems_of(folder)
    assert problem.message == "the file cannot be read: Permission denied"


def test_files_that_extend_one_another_are_a_problem_and_no_endless_loop(tmp_path: Path) -> None:
    files = {"common/apparel.yaml": APPAREL + "extends: [b]\n", "common/b.yaml": "extends: apparel\n"}
    [problem] = problems_of(make_config_dir(tmp_path, files))
    assert (problem.file, problem.message) == ("common/b.yaml", "files extend one another in a circle")
    assert problem.help == "common/apparel.yaml > common/b.yaml > common/apparel.yaml"


def test_a_chain_of_many_files_ends(tmp_path: Path) -> None:
    files = {f"common/c{n}.yaml": f"extends: c{n + 1}\n" for n in range(500)}
    files["common/apparel.yaml"] = APPAREL + "extends: c0\n"
    problems = problems_of(make_config_dir(tmp_path, files))
    assert {problem.message for problem in problems} == {"too many files are extended"}


def test_everything_at_once_leaves_the_good_one_valid(tmp_path: Path) -> None:
    files = {f"product_types/bad{n}.yaml": text for n, (text, _) in enumerate(TEXTS.values())}
    files |= {f"product_types/worse{n}.json": text for n, (text, _) in enumerate(JSON_TEXTS.values())}
    before = sys.getrecursionlimit()
    load = load_all(make_config_dir(tmp_path, files))
    assert list(load.product_types) == ["saree"]
    assert len(load.errors) == len(TEXTS) + len(JSON_TEXTS)
    assert sys.getrecursionlimit() == before
    assert before / 10 > MAX_DEPTH
