"""Tests of states of documents."""
