"""Raw values to normalised ones, learned from pairs.

pairs       what raw value became what normalised value, from two labellings of the same products
operators   rules: identifiers, capitals, parts of a number, counts, speeds, units
expansion   names written out: learned replacements of words and units
classes     generalisation to a few classes: TF-IDF and logistic regression
learned     normalisers at work
fitting     which of them an attribute follows, chosen by cross-validation, and their training
"""
