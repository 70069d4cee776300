"""Tests of attrgen_assets.adapters.report_page."""
