"""Tests of what language models say of a record."""
