"""Compares challenger and champion row by row. Touches no file."""

from __future__ import annotations

from collections import Counter

import numpy as np

from files import InputError
from model import Scores
from table import Table

RESAMPLES = 1000
MOST_VALUES = 50  # Of one column. The gate reads 200 slices, of up to four columns.


def paired(challenger: Scores, champion: Scores) -> dict[str, int]:
    """Counts on how many rows which model was right."""
    ours, theirs = challenger.right, champion.right
    return {
        "both_right": int(np.sum(ours & theirs)),
        "only_challenger": int(np.sum(ours & ~theirs)),
        "only_champion": int(np.sum(~ours & theirs)),
        "both_wrong": int(np.sum(~ours & ~theirs)),
    }


def resamples(challenger: Scores, champion: Scores, seed: int) -> dict[str, list[float]]:
    """Draws the rows again with replacement, the same for both models; gives challenger minus champion of each draw."""
    if challenger.losses is None or champion.losses is None:
        return {}
    gains = challenger.losses - champion.losses
    chance = np.random.default_rng(seed)
    draws = (chance.integers(len(gains), size=len(gains)) for _ in range(RESAMPLES))
    return {"log_loss": [float(gains[draw].mean()) for draw in draws]}


def slices(columns: list[str], table: Table, challenger: Scores, champion: Scores) -> list[dict[str, object]]:
    """Counts right rows for each value of these columns, the most frequent values of each."""
    found = []
    for column in columns:
        values = _values(column, table)
        for value, rows in Counter(values).most_common(MOST_VALUES):
            here = np.array([other == value for other in values])
            right = {"challenger": int(challenger.right[here].sum()), "champion": int(champion.right[here].sum())}
            found.append({"column": column, "value": value, "rows": rows, **right})
    return found


def _values(column: str, table: Table) -> list[str]:
    if column not in table.columns:
        raise InputError(f"{table.path} has no column {column!r} (--slice_column); found: {', '.join(table.columns)}")
    return ["" if value is None else value for value in table.features[:, table.columns.index(column)]]
