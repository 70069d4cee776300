"""What was learned about sources, frozen: saved once, applied to new records."""

from typing import Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from attrgen_assets.domain.fusion.copying import Dependence
from attrgen_assets.domain.fusion.prepare import Coded, Floats
from attrgen_assets.domain.fusion.reviewed import Scale

LEAST_DEPENDENCE: Final = 0.05
"""Less than this is what chance gives, and is not kept."""


class SourceModel(BaseModel):
    """Accuracy by source and field, 0-1, and the scale of confidences; `model_dump_json` saves it.

    dependence: of pairs of sources, 0-1, each pair once, under the name that sorts first. Models of format 1 have none.

    >>> SourceModel.model_validate_json('{"format": 1, "accuracy": {}}').dependence
    {}
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1, 2] = 2
    accuracy: dict[str, dict[str, float]]
    dependence: dict[str, dict[str, float]] = {}
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

    def with_dependence(self, coded: Coded, found: Dependence) -> Dependence:
        """What the claims themselves show, and what is known from many records: of the two the greater."""
        if not self.dependence:
            return found
        place = {source: at for at, source in enumerate(coded.sources)}
        matrix = np.zeros((len(place), len(place)))
        seen = np.flatnonzero(found.place >= 0)
        matrix[np.ix_(seen, seen)] = found.matrix[np.ix_(found.place[seen], found.place[seen])]
        for one, others in self.dependence.items():
            for other, share in others.items():
                if one in place and other in place:
                    at = place[one], place[other]
                    matrix[at] = matrix[at[::-1]] = max(share, float(matrix[at]))
        return Dependence(place=np.arange(len(place)), matrix=matrix)


def frozen(coded: Coded, accuracy: Floats, scale: Scale, dependence: Floats) -> SourceModel:
    """The model of an estimate. dependence: (sources, sources), symmetric."""
    table = {
        source: {field: round(float(accuracy[row, column]), 6) for column, field in enumerate(coded.fields)}
        for row, source in enumerate(coded.sources)
    }
    default = float(np.median(accuracy)) if accuracy.size else 0.5
    pairs: dict[str, dict[str, float]] = {}
    for one, other in np.argwhere(np.triu(dependence, 1) >= LEAST_DEPENDENCE).tolist():
        pairs.setdefault(coded.sources[one], {})[coded.sources[other]] = round(float(dependence[one, other]), 6)
    return SourceModel(
        accuracy=table, dependence=pairs, slope=scale.slope, offset=scale.offset, default=round(default, 6)
    )
