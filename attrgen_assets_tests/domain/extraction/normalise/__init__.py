"""Tests of learned normalisation."""
