"""Tests of learned extraction."""
