"""What all steps of parts have in common in the graph."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import dagster as dg

from attrgen_assets.defs.assets.shared import CODE_VERSION, OWNERS
from attrgen_assets.defs.metadata import Metadata, counts_table
from attrgen_assets.defs.partitions import part_types

GROUP: Final = "parts"


def part_asset(
    step: str, *kinds: str, deps: Sequence[dg.AssetsDefinition] = ()
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """`dg.asset` with the options that all assets of parts share."""
    decorate: Callable[[Callable[..., Any]], dg.AssetsDefinition] = dg.asset(
        deps=deps, kinds={"python", *kinds}, **_shared(step)
    )
    return decorate


def part_spec(
    name: str, step: str, *kinds: str, deps: Sequence[str], description: str, prefix: str | None = None
) -> dg.AssetSpec:
    """The same for one of several assets of one step. prefix: tells it from an asset of feeds of the same name."""
    key = dg.AssetKey([prefix, name] if prefix else name)
    return dg.AssetSpec(key, deps=deps, kinds={"python", *kinds}, description=description, **_shared(step))


def _shared(step: str) -> dict[str, Any]:
    return {
        "tags": {"step": step},
        "group_name": GROUP,
        "owners": OWNERS,
        "code_version": CODE_VERSION,
        "partitions_def": part_types,
    }


def refused_metadata(refused: dict[str, int]) -> Metadata:
    """Refusals by reason; nothing where there are none."""
    return {"refused_by_reason": counts_table(refused, of="reason")} if refused else {}
