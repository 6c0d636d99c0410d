"""The model: how it is trained on a table and how it is scored. Touches no file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from files import InputError
from table import Table


@dataclass(frozen=True)
class Scores:
    metrics: dict[str, float]
    right: np.ndarray  # Row by row.
    losses: Optional[np.ndarray]  # Log loss row by row, where it can be had.


def train(table: Table, alpha: float, max_iter: int, seed: int) -> Pipeline:
    """Fits a model that takes rows as lists in column order, without the label, numbers or text.

    It is made of scikit-learn's and numpy's own parts only, so a server can load it without this file.
    """
    if len(set(table.labels)) < 2:
        only = f"{table.path} has only the label '{table.labels[0]}'"
        raise InputError(f"{only}; training needs two classes or more")
    places = range(len(table.columns))
    numeric = [place for place in places if _is_numeric(table.features[:, place])]
    categorical = [place for place in places if place not in numeric]
    prepare_numbers = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
    )
    prepare_categories = make_pipeline(
        SimpleImputer(missing_values=None, strategy="most_frequent"),
        FunctionTransformer(np.ndarray.astype, kw_args={"dtype": str}),  # A client may send 3 for "3".
        OneHotEncoder(handle_unknown="ignore"),
    )
    columns = make_column_transformer((prepare_numbers, numeric), (prepare_categories, categorical))
    classifier = SGDClassifier(loss="log_loss", alpha=alpha, max_iter=max_iter, random_state=seed)
    try:
        return make_pipeline(columns, classifier).fit(table.features, table.labels)
    except ValueError as error:
        raise InputError(f"cannot train on {table.path}: {error}") from error


def evaluate(model: Any, table: Table) -> Scores:
    try:
        right = np.asarray(model.predict(table.features)).astype(str) == table.labels
        most_frequent = Counter(table.labels).most_common(1)[0][1]
        metrics = {"accuracy": float(right.mean()), "majority_class_share": most_frequent / len(right)}
        losses = _losses(model, table)
        if losses is not None:
            metrics["log_loss"] = float(losses.mean())
        return Scores(metrics, right, losses)
    except ValueError as error:
        advice = "its columns must hold what the training rows hold"
        raise InputError(f"cannot score the rows of {table.path} ({advice}): {error}") from error


def _losses(model: Any, table: Table) -> Optional[np.ndarray]:
    if not hasattr(model, "predict_proba") or not set(table.labels) <= set(model.classes_):
        return None
    with np.errstate(invalid="ignore"):
        shares = model.predict_proba(table.features)
    if not np.isfinite(shares).all():  # A row far from every class has the shares 0/0.
        return None
    places = np.searchsorted(model.classes_, table.labels)
    of_label = shares[np.arange(len(places)), places]
    return -np.log(np.clip(of_label, np.finfo(shares.dtype).eps, 1))


def _is_numeric(column: np.ndarray) -> bool:
    try:
        column.astype(float)  # None becomes NaN.
        return True
    except ValueError:
        return False
