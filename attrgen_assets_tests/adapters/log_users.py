"""A program that fills a log: `python -m attrgen_assets_tests.adapters.log_users PATH NAME LINES MAX_BYTES`."""

import logging
import sys
from pathlib import Path

from attrgen_assets.adapters.log_file import SharedRotatingFileHandler

if __name__ == "__main__":
    path, name, lines, max_bytes = sys.argv[1:]
    handler = SharedRotatingFileHandler(Path(path), max_bytes=int(max_bytes), backups=50)
    for line in range(int(lines)):
        handler.emit(logging.LogRecord(name, logging.INFO, __file__, 1, f"{name} {line}", None, None))
    handler.close()
