"""Tests of reading config files."""
