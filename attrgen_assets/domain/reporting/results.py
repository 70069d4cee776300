"""Result files of measurements: docs/results/<bench>.json, one per bench; docs/accuracy.md is written from them.

    {"bench": "matching",
     "title": "Matching",
     "about": "One or two sentences: what was measured, on what, and what the columns mean.",
     "command": "attrgen bench matching --data-dir DATA --seed 7",
     "date": "2026-01-31",
     "seed": 7,
     "data_sha256": {"values.jsonl": "<64 hexadecimal digits>"},
     "versions": {"attrgen": "0.1.0", "rapidfuzz": "3.13.0"},
     "goals": [{"figure": "false matches", "at_most": 0.005, "measured": 0.0012, "format": "fraction"}],
     "tables": [{"title": "By method", "columns": [{"name": "method"}, {"name": "accuracy", "format": "fraction"}],
                 "rows": [{"method": "attrgen", "accuracy": 0.981}], "note": null}],
     "notes": ["What a reader must know before trusting a figure."]}

Figures only: no listing text, no path of a machine (write DATA for the folder of the data).
"""

from datetime import date as Date  # noqa: N812 - `date` is a field's name as well
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Format = Literal["text", "count", "fraction", "percent", "number"]
"""How a figure is shown: as it is; 12,345; 0.975 as "97.5 %"; 97.53 (already of 100) as "97.5"; 0.1234 as "0.1234"."""

Cell = str | int | float | bool | None
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
BENCH_PATTERN = r"^[a-z][a-z0-9_]{0,30}$"


class _Strict(BaseModel):
    """Immutable; an unknown key or a value of another type is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Goal(_Strict):
    """A figure that was asked for, and the one measured; both in the unit of `format`."""

    figure: str = Field(min_length=1)
    at_least: float | None = None
    at_most: float | None = None
    measured: float | None = Field(description="None where there was nothing to measure")
    format: Format = "number"

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"{self.figure}: exactly one of at_least and at_most is needed")
        return self

    @property
    def met(self) -> bool | None:
        """Whether the measured figure is within the limit; None where there is none.

        >>> Goal(figure="precision", at_least=0.97, measured=0.97).met
        True
        """
        if self.measured is None:
            return None
        if self.at_least is not None:
            return self.measured >= self.at_least
        return self.at_most is not None and self.measured <= self.at_most


class Column(_Strict):
    """A column of a table: the key of its cells, which is also its heading (underscores become spaces)."""

    name: str = Field(min_length=1)
    format: Format = "text"


class Table(_Strict):
    """Rows of cells by column name; a key that a row lacks, and None, are shown as a dash."""

    title: str = Field(min_length=1)
    columns: Annotated[tuple[Column, ...], Field(min_length=1, strict=False)]
    rows: Annotated[tuple[dict[str, Cell], ...], Field(strict=False)]
    note: str | None = None

    @model_validator(mode="after")
    def _cells_have_columns(self) -> Self:
        names = [column.name for column in self.columns]
        if len(set(names)) < len(names):
            raise ValueError(f"{self.title}: a column is there twice among {', '.join(names)}")
        unknown = sorted({key for row in self.rows for key in row} - set(names))
        if unknown:
            raise ValueError(
                f"{self.title}: no columns for the cells {', '.join(unknown)}; columns: {', '.join(names)}"
            )
        texts = {column.name for column in self.columns if column.format == "text"}
        for row in self.rows:
            for key, cell in row.items():
                if isinstance(cell, str) and key not in texts:
                    raise ValueError(f"{self.title}: {key} holds a text, {cell!r}; give its column the format text")
        return self


class Result(_Strict):
    """What one command measured, on which data, and when."""

    bench: str = Field(pattern=BENCH_PATTERN, description="the name of the file, and the order of the page")
    title: str = Field(min_length=1)
    about: str = ""
    command: str = Field(min_length=1)
    date: Date
    seed: int | str | None = Field(description="None where nothing is drawn")
    data_sha256: dict[str, Sha256] = Field(min_length=1, description="of every file measured on, by its name")
    versions: dict[str, str] = Field(default_factory=dict, description="of the packages that the figures depend on")
    goals: Annotated[tuple[Goal, ...], Field(strict=False)] = ()
    tables: Annotated[tuple[Table, ...], Field(strict=False)] = ()
    notes: Annotated[tuple[str, ...], Field(strict=False)] = ()


def result_json(result: Result) -> str:
    """A result as the text of its file; the same result gives the same bytes.

    >>> Result.model_validate_json(result_json(sample())) == sample()
    True
    """
    return result.model_dump_json(indent=2) + "\n"


def sample() -> Result:
    """A small result, for tests and examples."""
    columns = (Column(name="method"), Column(name="accuracy", format="fraction"))
    return Result(
        bench="matching",
        title="Matching",
        command="attrgen bench matching --data-dir DATA",
        date=Date(2026, 1, 31),
        seed=7,
        data_sha256={"values.jsonl": "0" * 64},
        goals=(Goal(figure="false matches", at_most=0.005, measured=0.0012, format="fraction"),),
        tables=(Table(title="By method", columns=columns, rows=({"method": "attrgen", "accuracy": 0.981},)),),
    )
