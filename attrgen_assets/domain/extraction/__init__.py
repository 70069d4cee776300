"""Learned extraction: values of attributes found in product texts, by models trained from labelled products.

examples    labelled products, and what counts as an answer
tokens      text to tokens with character offsets: a value is always a substring of its text
spans       answers to label sequences, and back
gazetteers  values seen in training, looked up without the row's own answers
dimensions  W x D x H: one parser for the whole pattern
inputs      what is known of every token of a text; shared between attributes
features    what a model sees of it, written out; cached
word_classes  classes of words that are used alike, among what it sees
crf         weights of linear-chain models
network     all models of a category side by side: one pass scores every attribute
lattice     exact probabilities of spans under such models
extractor   products to candidate spans
candidates  spans to values
ranking     which candidate is right, learned on rows that the models had not seen
trees       boosted trees, what the ranking predicts with
normalise   raw values to normalised ones: learned names, units, classes
distant     values as written, found for labels that are normalised
model       a trained extractor: predict
explain     why this value
training    labelled products to models
learning    training with its own measurement by cross-validation
deciding    the decision rule, chosen on rows that the models had not seen
ranker_fitting  training of the ranking
word_class_fitting  classes from vectors of words
scoring     exact match, micro F1
splits      groups of near-duplicates, folds
"""
