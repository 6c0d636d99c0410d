"""The model: how a table is read, how trees are trained on it and how they are scored. Touches no file."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Any, NamedTuple

import numpy as np
import xgboost

RESAMPLES = 1000


class InputError(Exception):
    """Says what is wrong with the input, where, and what to do about it."""


class Table(NamedTuple):
    features: np.ndarray  # Without the label; NaN where a value is missing.
    classes: np.ndarray


class Scores(NamedTuple):
    metrics: dict[str, float]
    right: np.ndarray  # Row by row.
    losses: np.ndarray  # Log loss row by row.


def parse_table(text: str, path: str, label: str) -> Table:
    header, *rows = csv.reader(io.StringIO(text, newline="")) if text.strip() else [[]]
    if header.count(label) != 1 or not rows:
        raise InputError(f"{path} needs rows and one column named {label!r} (--label); found: {', '.join(header)}")
    place = header.index(label)
    try:
        cells = np.array([[value or "nan" for value in row] for row in rows], dtype=float)
    except ValueError as error:
        raise InputError(f"{path} must hold numbers only, as many in each row: {error}") from error
    classes = cells[:, place]
    if not (np.isfinite(classes) & (classes >= 0) & (classes % 1 == 0)).all():
        raise InputError(f"{path}: the label {label!r} must be a class number: 0, 1, 2, ...")
    return Table(np.delete(cells, place, axis=1), classes.astype(int))


def train(table: Table, learning_rate: float, max_depth: int, rounds: int, seed: int) -> xgboost.Booster:
    if len(set(table.classes)) < 2:
        raise InputError("the training rows are all of one class; training needs two or more")
    settings = {
        "objective": "multi:softmax",
        "num_class": int(table.classes.max()) + 1,
        "eta": learning_rate,
        "max_depth": max_depth,
        "seed": seed,
        "nthread": 1,  # So that the same rows give the same model.
    }
    try:
        return xgboost.train(settings, xgboost.DMatrix(table.features, table.classes), rounds)
    except (ValueError, xgboost.core.XGBoostError) as error:
        raise InputError(f"XGBoost cannot train: {error}") from error


def load_released(content: bytes, sha256: str) -> xgboost.Booster:
    """Reads the very file that was released: XGBoost's reader was not made for files of anyone's making."""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InputError("it is not the file that evaluation.json speaks of")
    model = xgboost.Booster()
    model.load_model(bytearray(content))
    return model


def evaluate(model: xgboost.Booster, table: Table) -> Scores:
    margins = model.predict(xgboost.DMatrix(table.features), output_margin=True)
    if table.classes.max() >= margins.shape[1]:
        raise InputError(f"the model knows no class {table.classes.max()}; split so that each part has every class")
    shares = np.exp(margins - margins.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    of_label = shares[np.arange(len(shares)), table.classes]
    right, losses = shares.argmax(axis=1) == table.classes, -np.log(np.clip(of_label, 1e-7, 1))
    return Scores({"accuracy": float(right.mean()), "log_loss": float(losses.mean())}, right, losses)


def compare(challenger: Scores, champion: Scores, seed: int) -> dict[str, Any]:
    """What the gate tests the difference by: counts of right rows, and the rows drawn again with replacement."""
    ours, theirs = challenger.right, champion.right
    gains = challenger.losses - champion.losses
    chance = np.random.default_rng(seed)
    draws = (chance.integers(len(gains), size=len(gains)) for _ in range(RESAMPLES))
    return {
        "champion": {"metrics": champion.metrics},
        "paired": {
            "both_right": int(np.sum(ours & theirs)),
            "only_challenger": int(np.sum(ours & ~theirs)),
            "only_champion": int(np.sum(~ours & theirs)),
            "both_wrong": int(np.sum(~ours & ~theirs)),
        },
        "resamples": {"log_loss": [float(gains[draw].mean()) for draw in draws]},
    }
