"""`attrgen parts`: stored records of parts, their states, and what people say of them."""

from typing import TYPE_CHECKING, Annotated

import typer

from attrgen_assets.cli.options import ConfigDir, load_settings

if TYPE_CHECKING:
    from attrgen_assets.adapters.stores.mongo import MongoStore

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

Part = Annotated[str, typer.Argument(metavar="PART", help="Part number.")]
PartOrSku = Annotated[
    str, typer.Argument(metavar="PART", help="Part number; with --type another, an SKU of that type.")
]
ProductTypeName = Annotated[
    str, typer.Option("--type", metavar="TYPE", help="Product type: all documents have versions, not only parts.")
]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who says so; kept with the version.")]
Why = Annotated[str, typer.Option("--reason", metavar="WHY", help="Why; kept with the version.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_PARTS = "appliance_part"


@app.callback()
def parts() -> None:
    """Look at stored records of parts and their states, correct them, and go back.

    A value that a person gave is never overwritten by a lookup or a run; what those say is kept beside it.
    """


@app.command()
def show(part: Part, *, as_json: AsJson = False) -> None:
    """Print the stored record: fields with sources, confidences and losing values, and the specification table."""
    import json

    from attrgen_assets.cli.part_showing import show_document
    from attrgen_assets.wiring import open_store
    from attrgen_assets.workflows.correct_part import stored_part

    with open_store(load_settings()) as store:
        document = stored_part(_sku(part, _PARTS), store=store)
    typer.echo(json.dumps(document, default=str, indent=2, ensure_ascii=False)) if as_json else show_document(document)


@app.command()
def history(
    part: PartOrSku,
    *,
    product_type: ProductTypeName = _PARTS,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many states.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the states of a document, newest first: who made each, why, and what it changed."""
    import json
    from dataclasses import asdict

    from attrgen_assets.cli.part_showing import show_history
    from attrgen_assets.wiring import open_store
    from attrgen_assets.workflows.history import history as states_of

    with open_store(load_settings()) as store:
        entries = states_of(product_type, _sku(part, product_type), store=store, limit=limit)
    if as_json:
        typer.echo(json.dumps([asdict(entry) for entry in entries], default=str, indent=2, ensure_ascii=False))
    else:
        show_history(entries)


@app.command()
def diff(
    part: PartOrSku,
    first: Annotated[int, typer.Argument(metavar="VERSION", min=1, help="A version.")],
    second: Annotated[
        int | None, typer.Argument(metavar="[VERSION]", min=1, help="Another one. Default: the current one.")
    ] = None,
    *,
    product_type: ProductTypeName = _PARTS,
    as_json: AsJson = False,
) -> None:
    """Print what differs between two states of a document."""
    from attrgen_assets.cli.part_showing import show_diff
    from attrgen_assets.wiring import open_store
    from attrgen_assets.workflows.history import diff_versions

    with open_store(load_settings()) as store:
        before, after, found = diff_versions(product_type, _sku(part, product_type), first, second, store=store)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        show_diff(before, after, found)


@app.command()
def rollback(
    part: PartOrSku,
    version: Annotated[int, typer.Argument(metavar="VERSION", min=1, help="The version to go back to.")],
    *,
    by: By,
    reason: Why = "",
    keep: Annotated[
        bool, typer.Option("--keep", help="Also hold on to the values that come back: no later run changes them.")
    ] = False,
    product_type: ProductTypeName = _PARTS,
) -> None:
    """Make a former state the current one, as a new version; nothing is lost.

    Without --keep the next lookup or run says again what the sources say.
    """
    from attrgen_assets.cli.part_showing import show_changes
    from attrgen_assets.wiring import open_store, utc_now
    from attrgen_assets.workflows.rollback import roll_back

    sku = _sku(part, product_type)
    with open_store(load_settings()) as store:
        report = roll_back(
            product_type, sku, version, store=store, by=_person(by), why=reason, now=utc_now(), keep=keep
        )
        in_force = store.overrides_of(product_type, sku)
    if report.version is None:
        typer.echo(f"{sku} is as it was in version {version}; nothing was written")
        return
    show_changes(report.diff)
    typer.echo(f"{sku}: version {report.version} has the content of version {version}.")
    if report.kept:
        typer.echo(f"Held on to: {', '.join(report.kept)}; no later run changes them.")
    else:
        typer.echo("The next lookup or run says again what the sources say; --keep holds on to these values.")
    changed = {change.attribute for change in report.diff.attributes} - set(report.kept)
    if coming_back := [f"{one.attribute} ({one.by})" for one in in_force if one.attribute in changed]:
        typer.echo(f"So do corrections that are in force: {', '.join(coming_back)}; `attrgen parts correct PART FIELD "
                   "--withdraw --by WHO` takes one back.")  # fmt: skip


@app.command()
def correct(
    part: Part,
    field: Annotated[str, typer.Argument(metavar="FIELD", help="Field of the record.")],
    value: Annotated[
        str | None,
        typer.Argument(metavar="[VALUE]", help="What is right; NA for not applicable; entries of a list parted by ;"),
    ] = None,
    *,
    by: By,
    reason: Why = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the correction back instead.")] = False,
    config_dir: ConfigDir = None,
) -> None:
    """Say what a field of a stored part is: checked now, applied at once, and on every later lookup and run."""
    from attrgen_assets.cli.part_showing import show_field
    from attrgen_assets.wiring import open_store
    from attrgen_assets.wiring_parts import correct_stored_part, withdraw_stored_correction

    if withdraw == (value is not None):
        raise typer.BadParameter("give a value, or --withdraw to take the correction back", param_hint="VALUE")
    settings, number = load_settings(config_dir=config_dir), _sku(part, _PARTS)
    with open_store(settings) as store:
        if value is None:
            withdraw_stored_correction(settings, store, number, field, by=_person(by), reason=reason)
            typer.echo(f"{number} {field}: the correction is taken back; the next lookup or run says what sources say")
            return
        done = correct_stored_part(settings, store, number, field, value, by=_person(by), reason=reason)
    show_field(field, done.before, prefix="was ")
    show_field(field, done.after, prefix="is  ")
    for told in done.stored.record.needs_review:
        typer.echo(f"still needs review: {told}")


@app.command()
def review(
    *,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, without a limit.")] = False,
) -> None:
    """List records that wait for a person, and why: least complete first."""
    import json

    from attrgen_assets.cli.part_showing import show_waiting
    from attrgen_assets.wiring import open_store

    with open_store(load_settings()) as store:
        waiting = _waiting(store, limit=0 if as_json else limit)
    if as_json:
        for one in waiting:
            typer.echo(json.dumps(one, default=str, ensure_ascii=False))
    else:
        show_waiting(waiting, limit=limit)


def _waiting(store: "MongoStore", *, limit: int) -> list[dict[str, object]]:
    return [
        {
            "part": document["sku"],
            "title": (document["attributes"].get("part_title") or {}).get("value"),
            "missing": document["missing"],
            "why": document["part"]["needs_review"],
        }
        for document in store.parts_waiting(_PARTS, limit=limit)
    ]


def _sku(part: str, product_type: str) -> str:
    """A part number as it is stored; an SKU of another product type as it is written."""
    from attrgen_assets.domain.parts.part_numbers import canonical_part_number

    return canonical_part_number(part) if product_type == _PARTS else part


def _person(by: str) -> str:
    if not by.strip():
        raise typer.BadParameter("who says so is kept with the version; name them", param_hint="--by")
    return by.strip()
