"""Models on disk and behind a socket."""
