"""Tests of what is decided about pictures."""
