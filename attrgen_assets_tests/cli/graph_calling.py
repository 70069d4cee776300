"""How tests run, watch and kill the commands that work on the graph."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from attrgen_assets_tests.cli.calling import ATTRGEN, PROJECT, environment


class Home:
    """An installation of its own, with the sample's configs and feeds, or changed copies of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = root / "home"
        self.config_dir = root / "config"
        shutil.copytree(PROJECT / "config", self.config_dir)
        self.env = environment({"ATTRGEN_HOME": str(self.path), "ATTRGEN_CONFIG_DIR": str(self.config_dir)})

    def type_file(self, name: str) -> Path:
        """The config file of a product type."""
        return self.config_dir / "product_types" / f"{name}.yaml"

    def change(self, name: str, old: str, new: str) -> None:
        """Replace a passage of a config file, which must be there."""
        text = self.type_file(name).read_text(encoding="utf-8")
        assert old in text
        self.type_file(name).write_text(text.replace(old, new, 1), encoding="utf-8")

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `attrgen WORDS` to its end."""
        return subprocess.run(
            [*ATTRGEN, *words], env=self.env, capture_output=True, text=True, timeout=300, check=False, cwd=self.root
        )

    def results(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit code and JSON of a command with --json."""
        done = self.call(*words, "--json")
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def start(self, *words: str, in_background: bool = False) -> "subprocess.Popen[str]":
        """Start `attrgen WORDS`; with `in_background` from the background of a shell, which ignores Ctrl-C for it."""
        command: Mapping[str, Any] = {"args": [*ATTRGEN, *words]}
        if in_background:
            command = {"args": ["/bin/sh", "-c", '"$@" & wait $!', "sh", *ATTRGEN, *words]}
        return subprocess.Popen(
            **command,
            env=self.env,
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def log(self) -> str:
        """The log file as it is now."""
        path = self.path / "logs" / "attribute_generation.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def processes(self) -> dict[int, str]:
        """Processes that have to do with this home, by their command lines."""
        found = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit() or int(folder.name) == os.getpid():
                continue
            try:
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if str(self.path) in line:
                found[int(folder.name)] = line
        return found


def wait_until(true: Callable[[], bool], *, timeout_s: float = 120) -> None:
    """Poll until it is so; fails after the timeout."""
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.05)


def end(process: "subprocess.Popen[str]") -> str:
    """Whatever happened, leave no process behind; what it wrote since it was last read."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is None:
        return ""
    with process.stdout:
        return process.stdout.read()
