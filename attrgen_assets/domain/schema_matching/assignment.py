"""One-to-one assignment with the greatest sum of scores."""

import numpy as np


def assign(scores: np.ndarray) -> list[tuple[int, int]]:
    """(row, column) pairs, each row and column at most once, with the greatest sum; only positive scores count.

    The Hungarian method with potentials and shortest augmenting paths (Kuhn 1955; Jonker and Volgenant 1987), in
    O(rows^2 x columns).

    >>> assign(np.array([[0.9, 0.8], [0.85, 0.1]]))
    [(0, 1), (1, 0)]
    """
    rows, columns = scores.shape
    if not rows or not columns:
        return []
    if rows > columns:
        return sorted((row, column) for column, row in assign(scores.T))
    cost = -np.maximum(scores, 0.0)
    row_potential, column_potential = np.zeros(rows + 1), np.zeros(columns + 1)
    row_of = np.full(columns + 1, -1)  # the last column is where a new row enters
    for row in range(rows):
        row_of[columns] = row
        came_from = _augmenting_path(cost, row_of, row_potential, column_potential)
        column = came_from[-1]
        while column != columns:
            previous = came_from[column]
            row_of[column] = row_of[previous]
            column = previous
    return sorted((int(row_of[j]), j) for j in range(columns) if row_of[j] >= 0 and scores[row_of[j], j] > 0)


def _augmenting_path(
    cost: np.ndarray, row_of: np.ndarray, row_potential: np.ndarray, column_potential: np.ndarray
) -> list[int]:
    """Where each column was reached from on the shortest path to a free one, which stands behind them.

    Potentials are changed in place, so that no reduced cost becomes negative.
    """
    columns = cost.shape[1]
    distance, used = np.full(columns, np.inf), np.zeros(columns + 1, dtype=bool)
    came_from = [columns] * columns
    column = columns
    while row_of[column] >= 0:
        used[column] = True
        row = row_of[column]
        reduced = cost[row] - row_potential[row] - column_potential[:columns]
        nearer = (reduced < distance) & ~used[:columns]
        for index in np.flatnonzero(nearer).tolist():
            distance[index], came_from[index] = reduced[index], column
        step = float(np.where(used[:columns], np.inf, distance).min())
        row_potential[row_of[used]] += step
        column_potential[used] -= step
        distance[~used[:columns]] -= step
        column = int(np.where(used[:columns], np.inf, distance).argmin())
    return [*came_from, column]
