"""Programs that use tables and come to grief: `python -m attrgen_assets_tests.adapters.table_users WHAT ROOT`."""

import os
import resource
import sys
from itertools import count
from pathlib import Path

import polars as pl

from attrgen_assets.adapters.tables import ParquetTables


def noise(rows: int = 60_000) -> pl.DataFrame:
    """Rows that do not compress: about 6 MB of them."""
    return pl.DataFrame({"noise": [os.urandom(50).hex() for _ in range(rows)]})


def outgrow_limit(root: Path) -> None:
    """Write more than this process may: the file size limit of the operating system, 1 MB."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
    with ParquetTables(root).writer("small", "large", product_type="saree") as (small, large):
        small.write(pl.DataFrame({"a": ["new"]}))
        large.write(noise())


def hang(root: Path) -> None:
    """Write half a table, say so, and wait to be killed."""
    with ParquetTables(root).writer("raw", product_type="saree") as (writer,):
        writer.write(noise())
        sys.stdout.write("hanging\n")
        sys.stdout.flush()
        sys.stdin.read()


def replace_for_ever(root: Path) -> None:
    """Write two tables with the same number again and again, a line for each time."""
    tables = ParquetTables(root)
    for number in count(1):
        with tables.writer("one", "two", product_type="saree") as (one, two):
            one.write(pl.DataFrame({"n": [number]}))
            two.write(pl.DataFrame({"n": [number]}))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    {"outgrow_limit": outgrow_limit, "hang": hang, "replace_for_ever": replace_for_ever}[sys.argv[1]](Path(sys.argv[2]))
