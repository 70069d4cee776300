"""Pictures of products, before any network or disk: which addresses and bytes are taken, names, reports. Pure."""
