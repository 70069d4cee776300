"""Exact probabilities of spans under linear-chain models.

Arrays are (..., N, T, L): N sequences of at most T tokens, L labels; leading axes stack models of the same size.
All work is done with scaled probabilities (Rabiner 1989, section V.A), so nothing under- or overflows.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NEGLIGIBLE: Final = 1e-10
"""Longer spans are left out from where all of them together are less likely."""


@dataclass(frozen=True, slots=True)
class Marginals:
    """Scaled forward and backward probabilities, with what spans need of them.

    `forward`, `backward`, `emission` (already divided by the scale): (..., N, T, L); `transition`: (..., L, L).
    """

    forward: Floats
    backward: Floats
    emission: Floats
    transition: Floats
    lengths: NDArray[np.int64]


def forward_backward(state: Floats, transition: Floats, lengths: NDArray[np.int64]) -> Marginals:
    """Run both passes over scores (log domain): `state` (..., N, T, L), `transition` (..., L, L), `lengths` (N,)."""
    emission = np.exp(state - state.max(axis=-1, keepdims=True))
    step = np.exp(transition - transition.max(axis=(-1, -2), keepdims=True))
    steps = state.shape[-2]
    inside = np.arange(steps)[None, :] < lengths[:, None]
    forward = np.empty_like(emission)
    scale = np.empty(emission.shape[:-1])
    current = emission[..., 0, :]
    for at in range(steps):
        if at:
            current = (forward[..., at - 1, :] @ step) * emission[..., at, :]
            current = np.where(inside[:, at, None], current, forward[..., at - 1, :])
        scale[..., at] = current.sum(axis=-1)
        forward[..., at, :] = current / scale[..., at, None]
    emission = emission / scale[..., None]
    backward = np.ones_like(emission)
    turned = np.swapaxes(step, -1, -2)
    for at in range(steps - 2, -1, -1):
        current = (emission[..., at + 1, :] * backward[..., at + 1, :]) @ turned
        backward[..., at, :] = np.where(inside[:, at + 1, None], current, 1.0)
    return Marginals(forward, backward, emission, step, lengths)


def span_probabilities(marginals: Marginals, begin: int, inside: int, longest: int) -> Floats:
    """Probability of every span of one attribute: (..., N, T, longest), by first token and length - 1.

    A span is the label `begin`, then `inside` as long as it lasts, and then anything but `inside`.
    """
    forward, backward, step = marginals.forward, marginals.backward, marginals.transition
    steps = forward.shape[-2]
    present = np.arange(steps)[None, :] < marginals.lengths[:, None]
    emission = marginals.emission[..., inside] * present
    after = backward[..., inside]
    onward = np.zeros_like(emission)
    onward[..., :-1] = emission[..., 1:] * after[..., 1:]
    running = forward[..., begin] * present
    result = np.zeros((*running.shape, longest))
    result[..., 0] = running * (backward[..., begin] - step[..., begin, inside][..., None, None] * onward)
    # Few tokens begin a span of several: only those are followed, as flat lists of places.
    places = np.flatnonzero(running * step[..., begin, inside][..., None, None] * onward > NEGLIGIBLE)
    first, number = places, places // steps
    again = step[..., inside, inside].reshape(-1)[number // len(present)]
    move = step[..., begin, inside].reshape(-1)[number // len(present)]
    reached = running.reshape(-1)[places]
    emission, after, onward, spans = (part.reshape(-1) for part in (emission, after, onward, result))
    for length in range(1, min(longest, steps)):
        places = places + 1  # `onward` is nothing at the last token, so no place leaves its sequence
        reached = reached * move * emission[places]
        further = again * onward[places]
        spans[first * longest + length] = reached * (after[places] - further)
        kept = reached * further > NEGLIGIBLE
        if not kept.any():
            break
        first, places, reached, again = first[kept], places[kept], reached[kept], again[kept]
        move = again
    return np.clip(result, 0.0, 1.0, out=result)
