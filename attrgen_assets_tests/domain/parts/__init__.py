"""Tests of what suppliers claim."""
