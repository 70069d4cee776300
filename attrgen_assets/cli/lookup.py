"""`attrgen lookup`: the record of one part, from all suppliers."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from attrgen_assets.cli.options import ConfigDir, DeadlineS, PartNumber, load_settings
from attrgen_assets.cli.showing import plain

if TYPE_CHECKING:
    from attrgen_assets.domain.parts.sessions import LookupSession
    from attrgen_assets.settings import Settings
    from attrgen_assets.workflows.lookup import Lookup

app = typer.Typer()


@app.callback()
def group() -> None:
    """Look up parts."""


@app.command()
def lookup(
    part_number: PartNumber,
    *,
    deadline_s: DeadlineS = 10.0,
    max_age_s: Annotated[
        float, typer.Option("--max-age-s", min=0, help="How old a remembered answer may be, in seconds.")
    ] = 3600.0,
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask the suppliers, whatever is remembered.")] = False,
    sessions: Annotated[
        bool, typer.Option("--sessions", help="Ask nobody: print the former lookups of the part, and how they ended.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config_dir: ConfigDir = None,
) -> None:
    """Print the record of a part: 34 fields with sources, confidences and losing values. Stores it as a document.

    Without credentials in the environment a sandbox is started and asked; see `attrgen suppliers sandbox`.
    Ends with 1 where no supplier knows the part.
    """
    import asyncio

    settings = load_settings(config_dir=config_dir)
    if sessions:
        _show_sessions(_sessions(settings, part_number), as_json=as_json)
        return
    found, elapsed_s = asyncio.run(
        _look_up(settings, part_number, deadline_s=deadline_s, max_age_s=max_age_s, refresh=refresh)
    )
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _show(found, elapsed_s)
    if found.record is None:
        raise typer.Exit(1)


async def _look_up(
    settings: "Settings", part_number: str, *, deadline_s: float, max_age_s: float, refresh: bool
) -> "tuple[Lookup, float]":
    from contextlib import AsyncExitStack

    from attrgen_assets.wiring import open_logs, open_services
    from attrgen_assets.wiring_judge import open_judge
    from attrgen_assets.wiring_parts import open_supplier_gateway, part_lookup_ports
    from attrgen_assets.workflows.lookup import close_abandoned, look_up

    async with AsyncExitStack() as stack:
        stack.enter_context(open_logs(settings))  # to stderr: stdout has the answer
        services = stack.enter_context(open_services(settings))
        gateway = await stack.enter_async_context(open_supplier_gateway(settings))
        judge = await stack.enter_async_context(open_judge(settings))
        ports = part_lookup_ports(services, gateway, judge)
        services.store.prepare()
        close_abandoned(ports.sessions, now=ports.now())
        started = time.perf_counter()
        found = await look_up(part_number, ports=ports, deadline_s=deadline_s, max_age_s=max_age_s, refresh=refresh)
        return found, time.perf_counter() - started


def _sessions(settings: "Settings", part_number: str) -> "list[LookupSession]":
    """Former lookups of the part, oldest first; what was killed is closed before."""
    from attrgen_assets.adapters.stores.mongo_lookups import MongoLookups
    from attrgen_assets.domain.parts.part_numbers import canonical_part_number
    from attrgen_assets.wiring import open_logs, open_store, utc_now
    from attrgen_assets.workflows.lookup import close_abandoned

    number = canonical_part_number(part_number)
    with open_logs(settings), open_store(settings) as store:
        lookups = MongoLookups(store.database)
        close_abandoned(lookups, now=utc_now())
        return lookups.sessions_of(number)


def _show_sessions(found: "list[LookupSession]", *, as_json: bool) -> None:
    import json

    if as_json:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in found], indent=2))
        return
    for one in found:
        origin = " (remembered)" if one.from_cache else ""
        said = f": {plain(one.reason)}" if one.reason else ""
        typer.echo(f"{one.started_at:%Y-%m-%d %H:%M:%S}  {one.session_id}  {one.status.value}{origin}{said}")


def _show(found: "Lookup", elapsed_s: float) -> None:
    from attrgen_assets.cli.part_showing import show_record

    session = found.session
    origin = "remembered" if session.from_cache else "asked"
    typer.echo(f"{session.part_number}: {session.status.value} in {elapsed_s * 1000:.0f} ms ({origin})")
    if session.reason:
        typer.echo(f"  {plain(session.reason)}")
    for one in () if session.from_cache else session.suppliers:
        typer.echo(f"  {one.part_number} {one.supplier}: {one.outcome} in {one.elapsed_s * 1000:.0f} ms")
    if found.record is not None:
        show_record(found.record)
