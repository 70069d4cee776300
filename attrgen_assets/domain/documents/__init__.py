"""Documents: identity, content hash, generated models, versions."""
