"""Secrets never reach a log."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from attrgen_assets.adapters.redaction import redact, redact_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mongodb://user:pw@db.example.com/x", "mongodb://user:***@db.example.com/x"),
        ("mongodb+srv://user:p%40w@db.example.com", "mongodb+srv://user:***@db.example.com"),
        ("redis://:pw@localhost:6379/0 failed", "redis://:***@localhost:6379/0 failed"),
        ("at mongodb://u:p@ss/w@h/x and (redis://:q@h)", "at mongodb://u:***@h/x and (redis://:***@h)"),
        ("MONGODB://U:P@H", "MONGODB://U:***@H"),
        ("http://example.com:8080/a?mail=me@example.com", "http://example.com:8080/a?mail=me@example.com"),
        ("https://example.com/a:b@c", "https://example.com/a:b@c"),
        ("password=hunter2, next", "password=***, next"),
        ('{"api_key": "a b", "x": 1}', '{"api_key": ***, "x": 1}'),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("?access_token=abc&page=2", "?access_token=***&page=2"),
        ("MONGO_PASSWORD='x y' SECRET_KEY=z", "MONGO_PASSWORD=*** SECRET_KEY=***"),
        ("silk saree, 5.5 m: pure", "silk saree, 5.5 m: pure"),
    ],
)
def test_texts(text: str, expected: str) -> None:
    assert redact_text(text) == expected


@pytest.mark.parametrize("key", ["password", "PASSWD", "db_pwd", "apiKey", "auth_token", "client-secret", "Set-Cookie"])
def test_keys_at_any_depth(key: str) -> None:
    event = {"a": [{"b": {key: "hunter2"}}], key: {"nested": "hunter2"}}

    assert "hunter2" not in str(redact(event))


def test_counts_are_not_secrets() -> None:
    assert redact({"tokens": 12, "token": None, "has_password": True}) == {
        "tokens": 12,
        "token": None,
        "has_password": True,
    }


def test_any_object_becomes_text_that_is_masked() -> None:
    error = ValueError("cannot reach redis://:hunter2@db.example.com")

    found = redact(
        {"error": error, "secret": SecretStr("hunter2"), "uri": SecretStr("hunter2"), 5: {"a"}, "n": float("nan")}
    )

    assert found == {
        "error": "cannot reach redis://:***@db.example.com",
        "secret": "***",
        "uri": "**********",
        "5": ["a"],
        "n": "nan",
    }


def test_values_nested_without_end_are_cut() -> None:
    endless: list[Any] = ["mongodb://u:hunter2@h"]
    endless.append(endless)

    assert "hunter2" not in str(redact(endless))


passwords = st.text(st.characters(exclude_categories=("Z", "C"), exclude_characters="\"'<>"), min_size=9, max_size=20)


@given(password=passwords.filter(lambda text: not text[:5].isdigit()), tail=st.sampled_from(["", "/x", ":27017/?a=b"]))
def test_no_password_of_a_uri_survives(password: str, tail: str) -> None:
    assert password not in redact_text(f"connect to mongodb://shop:{password}@db.example.com{tail} failed")
