"""A random encoder of a few thousand weights, as a folder like those of pretrained ones. Needs torch."""

import json
from pathlib import Path

from attrgen_assets_tests.labelled import BRANDS, COLORS, FORMS

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def vocabulary() -> list[str]:
    """Whole words of the made-up products, and every character."""
    words = " ".join((*BRANDS, *COLORS, *FORMS, *(name for names in FORMS.values() for name in names)))
    characters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    whole = sorted(set(f"{words} pack of oz label brand size form".lower().split()) - set(characters))
    return [*SPECIAL, *characters, *(f"##{character}" for character in characters), *whole]


def write_tiny_encoder(folder: Path) -> Path:
    """Write config.json, vocab.txt and model.safetensors; the weights are the same every time."""
    import torch
    from safetensors.torch import save_file
    from transformers import BertConfig, BertModel

    pieces = vocabulary()
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=512,
    )
    torch.manual_seed(1)
    model = BertModel(config, add_pooling_layer=False)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config.to_dict()))
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n")
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, folder / "model.safetensors")
    return folder
