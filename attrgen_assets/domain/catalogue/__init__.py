"""What a catalogue says of a part beyond its primary fields: attributes, categories, units, tables."""
