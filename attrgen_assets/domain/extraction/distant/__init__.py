"""Values as they are written, found for products that are labelled with normalised values only.

statements    what a product states, and the texts in which it may stand
spelling      the same letters and digits: 539843001 is "539843-001"
quantities    numbers under an operator: 121.9 is "48 in" in centimetres
abbreviations words beside numbers, shortened: 36 Gigabytes is "36GB"
associations  words that come with a value: Rings/Bands comes with "wedding band"
alignment     which of them explains an attribute, and products labelled with what was found

The spans are guesses (distant supervision, Mintz et al. 2009, doi 10.3115/1690219.1690287); where an answer is not
explained, the product says nothing about that attribute.
"""
