"""A fine-tuned encoder at work, and as files."""

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

import numpy as np

from attrgen_assets.adapters.encoder.examples import Window, windows
from attrgen_assets.adapters.encoder.network import SpanNetwork, make_batch
from attrgen_assets.adapters.encoder.pieces import WordPieces
from attrgen_assets.adapters.encoder.reading import bfloat16_is_fast, reading_network
from attrgen_assets.adapters.extraction_arrays import dump_mentions, load_mentions
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.extractor import LONGEST, padded_batches
from attrgen_assets.domain.extraction.gazetteers import Mention, build_gazetteer
from attrgen_assets.domain.extraction.lattice import forward_backward, span_probabilities
from attrgen_assets.domain.extraction.opinions import KeptOpinion, PlacedSpans
from attrgen_assets.domain.extraction.training import tokens_of

HOPELESS: Final = 0.003  # spans less likely than that are as good as impossible
BATCH_PIECES: Final = 1_000  # larger batches were no faster


def fast_arithmetic() -> AbstractContextManager[Any]:
    """Matrix products in bfloat16 where that is fast."""
    import torch

    found: AbstractContextManager[Any] = torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16_is_fast())
    return found


def use_one_thread() -> None:
    """For processes that share the cores with others."""
    import torch

    torch.set_num_threads(1)


class EncoderOpinion:
    """A fine-tuned encoder's span probabilities."""

    def __init__(
        self,
        *,
        config: Mapping[str, Any],
        pieces: Sequence[str],
        names: Sequence[tuple[str, str]],
        network: SpanNetwork,
        mentions: Sequence[Mention],
    ) -> None:
        self._config, self._vocabulary, self.names = dict(config), tuple(pieces), list(names)
        self.network, self._mentions = network, list(mentions)
        self._gazetteer = build_gazetteer(mentions, leave_out=False)
        self._pieces = WordPieces(pieces)
        self._asked: dict[str, list[tuple[str, int]]] = {}
        for at, (category, name) in enumerate(self.names):
            self._asked.setdefault(category, []).append((name, at))

    def spans(self, products: Sequence[LabelledProduct]) -> list[PlacedSpans]:
        """Probabilities of spans by attribute; none in a category that was not trained on."""
        result: list[PlacedSpans] = [{} for _ in products]
        found = [
            window
            for at, product in enumerate(products)
            if product.category in self._asked
            for window in windows(at, product, tokens_of(product), self._gazetteer, self._pieces)
        ]
        for batch in padded_batches(found, lambda window: len(window.ids), limit=BATCH_PIECES):
            self._collect(batch, result)
        return result

    def _collect(self, batch: Sequence[Window], result: list[PlacedSpans]) -> None:
        import torch

        asked = [(at, name, number) for at, window in enumerate(batch) for name, number in self._asked[window.category]]
        made = make_batch(batch, asked, self._pieces.pad)
        lengths = made.lengths[made.window].numpy()
        with torch.inference_mode(), fast_arithmetic():
            scores = self.network.scores(made).numpy().astype(np.float64)
            steps = self.network.transitions().numpy().astype(np.float64)
        scores[:, 0, 2] = -1e4
        chances = span_probabilities(forward_backward(scores, steps, lengths), 1, 2, LONGEST)
        for pair, begin, more in zip(*(axis.tolist() for axis in np.nonzero(chances >= HOPELESS)), strict=True):
            at, name, _ = asked[pair]
            window = batch[at]
            if begin + more < len(window):
                place = (window.field, window.offset + begin, window.offset + begin + more)
                result[window.product].setdefault(name, {})[place] = float(chances[pair, begin, more])

    def kept(self) -> KeptOpinion:
        """Weights as safetensors, the rest as JSON."""
        from safetensors.torch import save

        tensors = {name: tensor.contiguous() for name, tensor in self.network.tensors().items()}
        described = {"config": self._config, "pieces": self._vocabulary, "names": self.names,
                     "gazetteer": dump_mentions(self._mentions)}  # fmt: skip
        text = json.dumps(described, ensure_ascii=False, sort_keys=True).encode() + b"\n"
        return KeptOpinion(files={"encoder.json": text, "encoder.safetensors": save(tensors)})


def load_opinion(files: Mapping[str, bytes]) -> EncoderOpinion:
    """What `EncoderOpinion.kept` wrote. Raises KeyError, TypeError, ValueError or RuntimeError for anything else."""
    from safetensors.torch import load

    described = json.loads(files["encoder.json"])
    return EncoderOpinion(
        config=described["config"],
        pieces=described["pieces"],
        names=[(category, name) for category, name in described["names"]],
        network=reading_network(described["config"], load(files["encoder.safetensors"])),
        mentions=load_mentions(described["gazetteer"]),
    )
