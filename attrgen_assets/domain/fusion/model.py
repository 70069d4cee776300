"""What was learned about sources, frozen: saved once, applied to new records."""

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from attrgen_assets.domain.fusion.prepare import Coded, Floats
from attrgen_assets.domain.fusion.reviewed import Scale


class SourceModel(BaseModel):
    """Accuracy by source and field, 0-1, and the scale of confidences; `model_dump_json` saves it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    accuracy: dict[str, dict[str, float]]
    slope: float = 1.0
    offset: float = 0.0
    default: float = 0.5
    """For sources and fields that are not in `accuracy`."""

    @property
    def scale(self) -> Scale:
        """The scale of confidences."""
        return Scale(slope=self.slope, offset=self.offset)

    def table(self, coded: Coded) -> Floats:
        """(sources, fields) of the claims; `default` for what was not seen."""
        rows = [
            [self.accuracy.get(source, {}).get(field, self.default) for field in coded.fields]
            for source in coded.sources
        ]
        return np.array(rows, dtype=np.float64).reshape(len(coded.sources), len(coded.fields))


def frozen(coded: Coded, accuracy: Floats, scale: Scale) -> SourceModel:
    """The model of an estimate."""
    table = {
        source: {field: round(float(accuracy[row, column]), 6) for column, field in enumerate(coded.fields)}
        for row, source in enumerate(coded.sources)
    }
    default = float(np.median(accuracy)) if accuracy.size else 0.5
    return SourceModel(accuracy=table, slope=scale.slope, offset=scale.offset, default=round(default, 6))
