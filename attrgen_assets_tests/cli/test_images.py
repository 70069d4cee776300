"""`attrgen images` as a user calls it."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from attrgen_assets_tests.adapters.images.web import picture
from attrgen_assets_tests.cli.calling import PROJECT, attrgen


class _Shop(BaseHTTPRequestHandler):
    """Has one picture."""

    def do_GET(self) -> None:
        body = picture() if self.path == "/1.png" else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test looks at what came of it."""


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """The address of a running shop."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def env(tmp_path: Path, mongo_uri: str, mongo_database_name: str) -> dict[str, str]:
    """One home and one database."""
    return {
        "ATTRGEN_HOME": str(tmp_path),
        "ATTRGEN_CONFIG_DIR": str(PROJECT / "config"),
        "MONGODB_URI": mongo_uri,
        "ATTRGEN_MONGODB_DATABASE": mongo_database_name,
    }


def test_pictures_are_fetched_kept_and_the_broken_ones_listed(shop: str, env: dict[str, str], tmp_path: Path) -> None:
    urls = ("--url", f"{shop}/1.png", "--url", f"{shop}/2.png")
    done = attrgen("images", "fetch", *urls, env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("refused") == 3
    assert "leads to the loopback address 127.0.0.1, which nothing is downloaded from" in done.stdout
    done = attrgen("images", "fetch", *urls, "--json", env=env | {"ATTRGEN_IMAGES_ALLOWED_NETWORKS": '["127.0.0.0/8"]'})
    first, second = json.loads(done.stdout)["images"]
    assert (first["status"], second["status"], second["reason"]) == ("stored", "broken", "HTTP 404")
    assert (tmp_path / "images" / first["image"]["files"]["original"]).read_bytes() == picture()
    done = attrgen("images", "list", "--broken", env=env)
    assert done.stdout == f"broken     {shop}/2.png\n           HTTP 404\n"


@pytest.mark.parametrize(
    ("words", "extra", "message"),
    [
        ((), {}, "name a stored part, or pictures with --url"),
        (("--url", "http://x/"), {"ATTRGEN_IMAGES_ALLOWED_NETWORKS": '["10.0.0.1/8"]'}, "10.0.0.1/8 has host bits set"),
        (("NOSUCH1",), {}, "part NOSUCH1 is not stored"),
    ],
)
def test_what_cannot_be_is_told(
    words: tuple[str, ...], extra: dict[str, str], message: str, env: dict[str, str]
) -> None:
    done = attrgen("images", "fetch", *words, env=env | extra)
    assert done.returncode != 0
    assert message in " ".join(done.stderr.replace("│", " ").split())
