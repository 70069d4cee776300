"""Attributes that suppliers list and the registry does not know, as lines to add."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from attrgen_assets.domain.parts.tables import SPECIFICATIONS
from attrgen_assets.domain.ports import TableStore

_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAttribute:
    """An attribute that the registry does not know. parts: how many list it. examples: as they are shown."""

    name: str
    display_name: str
    category: str
    kind: str
    unit: str | None
    parts: int
    sources: tuple[str, ...]
    examples: tuple[str, ...]


def discovered_attributes(*, product_type: str, tables: TableStore, least_parts: int = 1) -> Sequence[FoundAttribute]:
    """Those of the last run, the most frequent first.

    Raises NotFoundError before a run has made specification tables.
    """
    counted = (
        tables.scan(SPECIFICATIONS, product_type=product_type)
        .filter(pl.col("discovered"))
        .group_by("name")
        .agg(
            pl.col("display_name", "category").mode().sort().first(),
            pl.col("kind", "unit").drop_nulls().mode().sort().first(),
            parts=pl.col("mpn").n_unique(),
            sources=pl.col("source").str.split(", ").explode().unique().sort(),
            examples=pl.col("text").unique().sort().head(_EXAMPLES),
        )
        .filter(pl.col("parts") >= least_parts)
        .sort(["parts", "name"], descending=[True, False])
        .collect()
    )
    return [
        FoundAttribute(**{**row, "sources": tuple(row["sources"]), "examples": tuple(row["examples"])})
        for row in counted.iter_rows(named=True)
    ]


def as_yaml(found: Sequence[FoundAttribute]) -> str:
    """Lines for the registry, each with what it was made of.

    >>> one = FoundAttribute(name="bow", display_name="Bow", category="other", kind="text", unit=None, parts=2,
    ...                      sources=("marcone",), examples=("red: yes",))
    >>> print(as_yaml([one]))
      bow: {display_name: Bow, category: other}  # 2 parts of marcone, such as 'red: yes'
    """
    import json  # noqa: PLC0415 - beside its only use: JSON strings are YAML

    lines = []
    for one in found:
        name = one.display_name if one.display_name.replace(" ", "").isalnum() else json.dumps(one.display_name)
        entries = [f"display_name: {name}", f"category: {one.category}"]
        entries += [f"kind: {one.kind}"] if one.kind != "text" else []
        entries += [f"unit: {json.dumps(one.unit, ensure_ascii=False)}"] if one.unit else []
        examples = ", ".join(repr(example) for example in one.examples)
        said = f"{one.parts:,} parts of {', '.join(one.sources)}, such as {examples}"
        lines.append(f"  {one.name}: {{{', '.join(entries)}}}  # {said}")
    return "\n".join(lines)
