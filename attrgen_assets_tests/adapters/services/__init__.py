"""Tests of the servers of our own."""
