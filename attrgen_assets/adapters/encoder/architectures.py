"""Kinds of encoders that can be trained and read, and where they keep their weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from torch import Tensor

_MAX_DISTANCE: Final = 128  # from here on all distances are alike
_BIAS: Final = "encoder.relative_attention_bias.weight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """Names inside a layer, the library's classes, and the number of a text's first place."""

    library: tuple[str, str]
    asked: tuple[str, str, str]
    out: str
    between: str
    first_place: int

    def places(self, weights: "Mapping[str, Tensor]") -> "Tensor":
        """What is added to a text's first piece, its second and so on: (places, width)."""
        places = weights["embeddings.position_embeddings.weight"][self.first_place :]
        types = weights.get("embeddings.token_type_embeddings.weight")
        return places if types is None else places + types[0]  # one text: all are of type 0

    def bias(self, weights: "Mapping[str, Tensor]") -> "Tensor | None":
        """What is added to scores of attention: (1, heads, places, places); None where distances do not count."""
        import torch

        if (found := weights.get(_BIAS)) is None:
            return None
        at = torch.arange(len(weights["embeddings.position_embeddings.weight"]) - self.first_place)
        return found[_bucket(at[None, :] - at[:, None], len(found))].permute(2, 0, 1)[None]


BERT: Final = Architecture(
    library=("BertConfig", "BertModel"),
    asked=("attention.self.query", "attention.self.key", "attention.self.value"),
    out="attention.output.dense",
    between="attention.output.LayerNorm",
    first_place=0,
)
MPNET: Final = Architecture(
    library=("MPNetConfig", "MPNetModel"),
    asked=("attention.attn.q", "attention.attn.k", "attention.attn.v"),
    out="attention.attn.o",
    between="attention.LayerNorm",
    first_place=2,
)
ARCHITECTURES: Final[Mapping[str, Architecture]] = {"bert": BERT, "mpnet": MPNET}


def architecture(config: Mapping[str, Any]) -> Architecture:
    """That of an encoder with this configuration. Raises KeyError for one that is not known."""
    return ARCHITECTURES[config["model_type"]]


def _bucket(distance: "Tensor", buckets: int) -> "Tensor":
    """Numbers of distances: near ones each, far ones together (Raffel et al. 2019, arXiv 1910.10683).

    The first half is for what stands before, the second for what stands after; in a half, distances below a half of it
    have a number each, and the others share theirs by the logarithm.
    """
    import torch

    half, exact = buckets // 2, buckets // 4
    far = distance.abs()
    shared = torch.log(far.clamp(min=1) / exact) / torch.log(torch.tensor(_MAX_DISTANCE / exact)) * (half - exact)
    number = torch.where(far < exact, far, (exact + shared.long()).clamp(max=half - 1))
    return number + half * (distance > 0)
