"""Tests of distant alignment."""
