"""Tests of asking suppliers, against the sandbox over real sockets."""
