"""Span probabilities by a fine-tuned text encoder: the accurate tier. Needs the extra `accurate`."""
