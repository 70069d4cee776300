"""Models that learn or are asked, outside of the process or on disk."""
