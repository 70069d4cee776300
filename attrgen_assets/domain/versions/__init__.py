"""States of documents: what changed between them."""
