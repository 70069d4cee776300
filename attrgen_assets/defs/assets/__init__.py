"""The assets, one file a step."""
