"""Tests of documents: identity, content, rows and the guard."""
