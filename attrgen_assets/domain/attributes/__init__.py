"""Candidates, matching, coercion and validation: tables in, documents and refusals out."""
