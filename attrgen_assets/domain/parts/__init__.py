"""Appliance parts: what suppliers claim of them, read from their raw answers by mappings that are data. Pure."""
