"""Pure: tables and values in, tables and values out; no disk, network, clock or environment."""
