"""`attrgen suppliers`: ask suppliers of parts, and the sandbox that stands in for them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attrgen_assets.cli.options import ConfigDir, DeadlineS, PartNumber, load_settings
from attrgen_assets.cli.showing import field_line, plain

if TYPE_CHECKING:
    from attrgen_assets.domain.parts.claims import Claim
    from attrgen_assets.domain.parts.responses import SupplierAnswer
    from attrgen_assets.domain.ports import StoreReport
    from attrgen_assets.settings import Settings
    from attrgen_assets.workflows.ask import PartAnswers

app = typer.Typer(help="Ask suppliers of parts, or a local sandbox of them.", no_args_is_help=True)


@app.callback()
def suppliers() -> None:
    """Ask suppliers of parts, or a local sandbox of them."""


@app.command()
def ask(
    part_number: PartNumber,
    *,
    deadline_s: DeadlineS = 10.0,
    keep: Annotated[bool, typer.Option("--keep", help="Keep every raw response in MongoDB (raw_responses).")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config_dir: ConfigDir = None,
) -> None:
    """Print what each supplier says of a part: claims, flags, timing. Follows "use sub X" to the part that is sold.

    Without credentials in the environment a sandbox is started and asked; see `attrgen suppliers sandbox`.
    """
    import asyncio

    found = asyncio.run(_ask(load_settings(config_dir=config_dir), part_number, deadline_s=deadline_s, keep=keep))
    _show_all(found, as_json=as_json)
    if keep and not as_json:
        typer.echo(f"{found.kept} raw responses kept")


@app.command()
def replay(
    part_number: PartNumber,
    *,
    store: Annotated[
        bool, typer.Option("--store", help="Make the part's record anew as well, and store it; a change is a version.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config_dir: ConfigDir = None,
) -> None:
    """Print what the responses on record say by the mappings of today: nobody is called.

    For a mapping in config/suppliers that was changed after the supplier was asked.
    """
    import asyncio
    from uuid import uuid4

    from attrgen_assets.wiring import open_logs, open_services
    from attrgen_assets.wiring_parts import catalogue_ports, supplier_configs
    from attrgen_assets.workflows.catalogue_part import catalogue_part
    from attrgen_assets.workflows.judge import JudgePorts
    from attrgen_assets.workflows.replay import replay as replay_responses

    settings = load_settings(config_dir=config_dir)
    configs = supplier_configs(settings)
    with open_logs(settings), open_services(settings) as services:
        found = replay_responses(part_number, responses=services.raw_responses, suppliers=configs)
        _show_all(found, as_json=as_json)
        if store:
            work = catalogue_part(found, ports=catalogue_ports(services, JudgePorts()), run_id=f"replay-{uuid4().hex}")
            part = asyncio.run(work)
            stored = "nothing is known of it" if part is None else f"{part.document['_id']}: {_did(part.stored)}"
            typer.echo(stored, err=as_json)


@app.command()
def sandbox(
    *,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port on 127.0.0.1; 0: any that is free.")] = 8090,
    latency_ms: Annotated[float, typer.Option(min=0, max=60_000, help="Of every answer, in milliseconds.")] = 200.0,
    seed: Annotated[int, typer.Option(help="Of the invented catalogue, its errors and faults.")] = 17,
    parts: Annotated[int, typer.Option(min=10, max=1_000_000, help="How many parts the catalogue has.")] = 5_000,
    faults: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="Shares of requests that fail, such as 429=0.02,marcone.500=0.1; kinds: 429, 500, hang, slow, "
            "truncated, cut, hostile, types, echo.",
        ),
    ] = "",
    token_life_s: Annotated[
        float, typer.Option("--token-life-s", min=0.1, help="Life of Marcone's access tokens, in seconds.")
    ] = 600.0,
    truth: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Write the true values (object, attribute, value) and stop; - is stdout."),
    ] = None,
) -> None:
    """Serve all four suppliers from this machine until Ctrl-C, over an invented catalogue whose truth is known.

    Point attrgen at it with ATTRGEN_SUPPLIERS_SANDBOX_URL.
    """
    from attrgen_assets.adapters.suppliers.sandbox.app import SandboxOptions
    from attrgen_assets.adapters.suppliers.sandbox.catalogue import Catalogue
    from attrgen_assets.adapters.suppliers.sandbox.faults import FaultPlan
    from attrgen_assets.adapters.suppliers.sandbox.server import listening, serve

    if truth is not None:
        _write_truth(Catalogue(seed=seed, parts=parts), truth)
        return
    try:
        plan = FaultPlan.parse(faults)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--faults") from error
    options = SandboxOptions(seed=seed, parts=parts, latency_ms=latency_ms, faults=plan, token_life_s=token_life_s)
    try:
        listener = listening(port)
    except OSError as error:
        raise typer.BadParameter(f"port {port}: {error.strerror}", param_hint="--port") from error
    with listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        said = f"{parts:,} parts at four suppliers; export ATTRGEN_SUPPLIERS_SANDBOX_URL={url}"
        serve(options, listener, ready=lambda: typer.echo(said))


async def _ask(settings: "Settings", part_number: str, *, deadline_s: float, keep: bool) -> "PartAnswers":
    from contextlib import AsyncExitStack

    from attrgen_assets.wiring import open_logs, open_store
    from attrgen_assets.wiring_parts import open_supplier_gateway
    from attrgen_assets.workflows.ask import ask as ask_suppliers

    async with AsyncExitStack() as stack:
        stack.enter_context(open_logs(settings))  # to stderr: stdout has the answer
        store = None
        if keep:
            from attrgen_assets.adapters.stores.mongo_raw_responses import MongoRawResponses

            store = MongoRawResponses(stack.enter_context(open_store(settings)).database)
        gateway = await stack.enter_async_context(open_supplier_gateway(settings))
        return await ask_suppliers(part_number, suppliers=gateway, deadline_s=deadline_s, store=store)


def _write_truth(catalogue: Any, path: Path) -> None:
    import csv
    import sys
    from contextlib import nullcontext

    with nullcontext(sys.stdout) if str(path) == "-" else path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("object", "attribute", "value"))
        writer.writerows(catalogue.truth_rows())


def _did(stored: "StoreReport") -> str:
    return "new" if stored.new else "a new version" if stored.changed else "unchanged"


def _show_all(found: "PartAnswers", *, as_json: bool) -> None:
    """The chain of replacements, and every answer."""
    if as_json:
        typer.echo(json.dumps(_as_json(found), indent=2, ensure_ascii=False, default=str))
        return
    for step in found.chain.steps:
        typer.echo(f"{step.old} is replaced by {step.new}: {', '.join(step.suppliers)}")
    if found.chain.end != "current":
        typer.echo(f"the chain of replacements has no end: {found.chain.end}")
    for number, answers in found.answers.items():
        for answer in answers:
            _show(number, answer)


def _show(number: str, answer: "SupplierAnswer") -> None:
    """One supplier's answer, as lines."""
    said = plain(answer.reason)
    if answer.superseded_by:
        said = f"use {answer.superseded_by}" + (f"; {said}" if said else "")
    attempts = f"{len(answer.responses)} response{'' if len(answer.responses) == 1 else 's'}"
    head = f"{number}  {answer.supplier}: {answer.outcome} in {answer.elapsed_s * 1000:.0f} ms, {attempts}"
    typer.echo(f"\n{head}; {said}" if said else f"\n{head}")
    for claim in answer.claims:
        typer.echo(_line(claim))


def _line(claim: "Claim") -> str:
    from attrgen_assets.domain.parts.claims import value_text

    value = value_text(claim.value) if claim.value is not None else "(no value)"
    flags = f"[{', '.join(claim.flags)}{': ' + plain(claim.note) if claim.note else ''}]" if claim.flags else ""
    return field_line(claim.attribute, value, unit=claim.unit, remark=flags)


def _as_json(found: "PartAnswers") -> dict[str, Any]:
    from dataclasses import asdict

    answers = [asdict(answer) for answers in found.answers.values() for answer in answers]
    for answer in answers:
        answer["responses"] = len(answer["responses"])
    return {"chain": asdict(found.chain), "answers": answers}
