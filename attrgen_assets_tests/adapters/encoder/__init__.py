"""Tests of the accurate tier."""
