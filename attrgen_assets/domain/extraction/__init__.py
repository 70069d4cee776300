"""Learned extraction: values of attributes found in product texts, by models trained from labelled products.

examples    labelled products, and what counts as an answer
tokens      text to tokens with character offsets: a value is always a substring of its text
spans       answers to label sequences, and back
gazetteers  values seen in training, looked up without the row's own answers
features    what a model sees of a token; shared between attributes, cached per token
crf         weights of linear-chain models, stacked so that one pass scores all attributes of a category
lattice     exact probabilities of spans under such models
candidates  spans to values
scoring     exact match, micro F1
splits      groups of near-duplicates, folds
normalise   raw values to normalised ones: learned names, units, classes
model       a trained extractor: predict and explain
"""
