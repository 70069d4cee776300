"""Thin Dagster: each asset reads its config, calls one workflow and returns metadata."""
