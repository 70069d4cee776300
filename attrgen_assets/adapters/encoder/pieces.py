"""Word pieces of tokens that may begin inside a word."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from attrgen_assets.domain.extraction.tokens import Tokens
from attrgen_assets.errors import ModelError

SPECIAL = (("[UNK]", "<pad>", "<s>", "</s>", "<mask>"), ("[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]"))
"""Unknown, padding, start, end and hidden, as MPNet and BERT call them; MPNet's vocabulary has BERT's names as well."""
MAX_PIECES = 6  # of one token; a longer one is a code whose tail says nothing


class WordPieces:
    """Greedy longest-match-first pieces (Wu et al. 2016, arXiv 1609.08144), in lower case without accents.

    Ready-made tokenisers cut at their own word boundaries. Here a token that goes on with a word ("Letter|s") gets the
    pieces that go on with words, so that both the encoder's spelling and the token boundaries are kept.
    Raises ModelError where the pieces that mark begin, end, filling or the unknown are missing.
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        self._ids = {piece: at for at, piece in enumerate(pieces)}
        special = next(names for names in SPECIAL if names[2] in self._ids or names is SPECIAL[-1])
        if missing := [name for name in special[:4] if name not in self._ids]:
            raise ModelError(
                f"the encoder's vocab.txt has no piece {missing[0]}; it must hold {', '.join(special[:4])}"
            )
        self.unknown, self.pad, self.start, self.end = (self._ids[name] for name in special[:4])
        self.hidden = self._ids.get(special[4], self.unknown)
        self._cached = lru_cache(maxsize=100_000)(self._cut)

    def of_tokens(self, tokens: Tokens) -> list[tuple[int, ...]]:
        """Ids of each token's pieces, at least one."""
        before = (-1, *tokens.word_numbers)
        return [self._cached(token, before[at] == tokens.word_numbers[at]) for at, token in enumerate(tokens.tokens)]

    def _cut(self, token: str, goes_on: bool) -> tuple[int, ...]:
        text = "".join(c for c in unicodedata.normalize("NFD", token.lower()) if unicodedata.category(c) != "Mn")[:40]
        found: list[int] = []
        at = 0
        while at < len(text) and len(found) < MAX_PIECES:
            mark = "##" if found or goes_on else ""
            end = next((end for end in range(len(text), at, -1) if mark + text[at:end] in self._ids), None)
            if end is None:
                return (self.unknown,)
            found.append(self._ids[mark + text[at:end]])
            at = end
        return tuple(found) or (self.unknown,)
