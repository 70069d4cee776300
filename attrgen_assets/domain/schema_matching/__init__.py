"""Schema matching: which column of an unknown feed carries which field, and which of its values the config lacks."""
