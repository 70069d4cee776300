"""Linear-chain models trained by CRFsuite."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pycrfsuite

from attrgen_assets.domain.extraction.crf import Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class CrfSuite:
    """Training by L-BFGS with an L1 and an L2 penalty; no randomness, so the same input gives the same weights.

    CRFsuite writes its model to a file; the weights are read from it and the file is dropped.
    """

    l1: float = 0.02
    l2: float = 0.05
    max_iterations: int = 80

    def prepare(self, sequence: Sequence[Sequence[str]]) -> object:
        """Features converted once, for use in many models."""
        return pycrfsuite.ItemSequence(sequence)

    def train(self, sequences: Sequence[object], labels: Sequence[Sequence[str]]) -> tuple[Weights, Weights]:
        """Weights by (feature, label), and by (label, next label)."""
        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params(
            {"c1": self.l1, "c2": self.l2, "max_iterations": self.max_iterations, "feature.possible_transitions": False}
        )
        for sequence, names in zip(sequences, labels, strict=True):
            trainer.append(sequence, names)
        with TemporaryDirectory(prefix="attrgen-crf-") as folder:
            path = str(Path(folder, "model"))
            trainer.train(path)
            tagger = pycrfsuite.Tagger()
            tagger.open(path)
            info = tagger.info()
            tagger.close()
        return info.state_features, info.transitions
