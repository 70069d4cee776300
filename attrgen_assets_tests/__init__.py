"""Tests of attrgen: the tree mirrors attrgen_assets."""
