"""Fusion: one value for each attribute of each object, from sources that contradict one another."""
