"""Embedded servers: found, started once, shared, stopped by whoever started them."""
