"""From decided arrays to the tables VALIDATED and QUARANTINED of domain.tables."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.coerce import METHODS
from attrgen_assets.domain.attributes.sets import distinct_sets, members
from attrgen_assets.domain.attributes.state import FOUND, NOT_FOUND, AttributeState
from attrgen_assets.domain.product_types.model import EnumAttribute, EnumListAttribute
from attrgen_assets.domain.tables import FIELDS_DTYPE, IN_PREFIX, PROVENANCE_DTYPE, REFUSAL_DTYPE, STATUS_DTYPE


def attribute_columns(state: AttributeState, rows: np.ndarray) -> list[pl.Series]:
    """The four columns of one attribute for these rows: value, status, confidence, provenance."""
    name = state.attribute.name
    status = pl.Series(f"{name}.status", state.status[rows]).cat.to(STATUS_DTYPE)
    sure = pl.DataFrame({"sure": state.confidence[rows], "answered": state.status[rows] != NOT_FOUND})
    confidence = sure.select(pl.when("answered").then("sure").alias(f"{name}.confidence")).to_series()
    return [_values(state, rows).alias(name), status, confidence, _provenance(state, rows)]


def _values(state: AttributeState, rows: np.ndarray) -> pl.Series:
    """The values of these rows, null unless FOUND."""
    found, value = state.status[rows] == FOUND, state.value[rows]
    if isinstance(state.attribute, EnumAttribute) and state.vocabulary is not None:
        legal = pl.Enum(state.vocabulary.values)  # codes all the way into the file
        return _pick(pl.Series(state.vocabulary.values, dtype=legal), np.where(found, value, -1))
    if isinstance(state.attribute, EnumListAttribute) and state.vocabulary is not None:
        return _lists(value, found, state.vocabulary.values)
    if state.attribute.kind == "text":
        texts = pl.concat(state.clean_texts) if state.clean_texts else pl.Series([], dtype=pl.String)
        return _pick(texts, np.where(found, value, -1))
    return pl.DataFrame({"value": value, "found": found}).select(pl.when("found").then("value"))["value"]


def _pick(texts: pl.Series, codes: np.ndarray) -> pl.Series:
    """The texts at these positions; null for -1."""
    return texts.extend_constant(None, 1).gather(np.where(codes < 0, len(texts), codes))


def _lists(masks: np.ndarray, found: np.ndarray, values: Sequence[str]) -> pl.Series:
    """Bit masks to lists of values, in the order of the vocabulary; work per distinct mask."""
    sets, numbers = distinct_sets(masks)
    lists = [members(mask, values) for mask in sets]
    table = pl.Series([*lists, None], dtype=pl.List(pl.String))
    return table.gather(np.where(found, numbers, len(lists)))


def _provenance(state: AttributeState, rows: np.ndarray) -> pl.Series:
    """Who said so: a struct, null where there is no answer."""
    origin = state.origin[rows].astype(np.int32)
    generators, fields, versions = zip(*state.origins, strict=True) if state.origins else ((), (), ())
    frame = pl.DataFrame(
        {
            "generator": _pick(pl.Series(generators, dtype=pl.Categorical), origin),
            "version": _pick(pl.Series(versions, dtype=pl.Categorical), origin),
            "field": _pick(pl.Series(fields, dtype=pl.Categorical), origin),
            "text": state.raw_texts(rows),
            "method": pl.Series(METHODS, dtype=pl.Categorical).gather(state.method[rows]),
        }
    )
    answered = pl.col("generator").is_not_null()
    struct = pl.struct("generator", "version", "field", "text", "method").cast(PROVENANCE_DTYPE)
    return frame.select(pl.when(answered).then(struct).alias(f"{state.attribute.name}.provenance")).to_series()


def missing_column(states: Mapping[str, AttributeState], rows: np.ndarray) -> pl.Series:
    """Which required attributes nobody states, per row: list[str], in the order of the config."""
    required = [state for state in states.values() if state.attribute.required]
    absent = np.zeros(len(rows), dtype=np.uint64)
    for bit, state in enumerate(required):
        absent |= (state.status[rows] == NOT_FOUND).astype(np.uint64) << np.uint64(bit)
    return _lists(absent[:, None], np.ones(len(rows), dtype=bool), [state.attribute.name for state in required]).alias(
        "missing"
    )


def refusal_frame(states: Mapping[str, AttributeState]) -> pl.DataFrame:
    """All refusals of a batch: row u32 and the fields of REFUSAL_DTYPE, by row, then in the order of the config."""
    frames = []
    for state in states.values():
        for refusals in state.refusals:
            causes = sorted({int(code) for code in np.unique(refusals.codes)})
            by_code = pl.DataFrame(
                [(code, (why := refusals.by_text[code]).reason.value, why.part, list(why.nearest)) for code in causes],
                schema={"code": pl.Int64, "reason": pl.String, "part": pl.String, "nearest": pl.List(pl.String)},
                orient="row",
            )
            stated = pl.DataFrame(
                {
                    "row": refusals.rows.astype(np.uint32),
                    "code": refusals.codes.astype(np.int64),
                    "text": refusals.texts.gather(refusals.codes),
                }
            )
            frames.append(
                stated.join(by_code, on="code", how="left", maintain_order="left").select(
                    "row",
                    pl.lit(refusals.attribute).alias("attribute"),
                    "reason",
                    pl.coalesce("part", "text").alias("text"),
                    "nearest",
                    pl.lit(refusals.where).alias("field"),
                )
            )
    schema = {"row": pl.UInt32, **{field.name: field.dtype for field in REFUSAL_DTYPE.fields}}
    return pl.concat(frames).sort("row", maintain_order=True) if frames else pl.DataFrame(schema=schema)


def refusal_lists(refusals: pl.DataFrame, rows: int) -> pl.Series:
    """The refusals of each of the batch's rows: list[REFUSAL_DTYPE], empty where there are none."""
    structs = refusals.select("row", pl.struct(field.name for field in REFUSAL_DTYPE.fields).alias("refusals"))
    lists = structs.group_by("row", maintain_order=True).agg("refusals")
    everyone = pl.DataFrame({"row": np.arange(rows, dtype=np.uint32)})
    joined = everyone.join(lists, on="row", how="left", maintain_order="left")["refusals"]
    return joined.cast(pl.List(REFUSAL_DTYPE)).fill_null(pl.Series([[]], dtype=pl.List(REFUSAL_DTYPE)))


def raw_fields(rows: pl.DataFrame) -> pl.Series:
    """Rows as they came: list of (column, text), absent cells left out."""
    columns = [name for name in rows.columns if name.startswith(IN_PREFIX)]
    if not columns or not len(rows):
        return pl.Series("fields", [[]] * len(rows), dtype=FIELDS_DTYPE)
    pairs = [
        pl.struct(pl.lit(name.removeprefix(IN_PREFIX)).alias("column"), pl.col(name).alias("text")) for name in columns
    ]
    present = pl.concat_list(pairs).list.filter(pl.element().struct.field("text").is_not_null())
    return rows.select(present.cast(FIELDS_DTYPE).alias("fields"))["fields"]
