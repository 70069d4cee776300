"""Tests of attrgen_assets.domain.reporting."""
