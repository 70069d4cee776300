"""Tests of the shape of the code: imports, sizes, words."""
