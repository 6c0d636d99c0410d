"""The model: how it is trained on a table and how it is scored. Touches no file."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from files import InputError
from table import Table


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


def evaluate(model: Any, table: Table) -> tuple[dict[str, float], np.ndarray]:
    """Gives a model's metrics and, row by row, whether it was right."""
    try:
        right = np.asarray(model.predict(table.features)).astype(str) == table.labels
        most_frequent = Counter(table.labels).most_common(1)[0][1]
        metrics = {"accuracy": float(right.mean()), "majority_class_share": most_frequent / len(right)}
        if hasattr(model, "predict_proba") and set(table.labels) <= set(model.classes_):
            with np.errstate(invalid="ignore"):
                shares = model.predict_proba(table.features)
            if np.isfinite(shares).all():  # A row far from every class has the shares 0/0.
                metrics["log_loss"] = float(log_loss(table.labels, shares, labels=model.classes_))
        return metrics, right
    except ValueError as error:
        advice = "its columns must hold what the training rows hold"
        raise InputError(f"cannot score the rows of {table.path} ({advice}): {error}") from error


def _is_numeric(column: np.ndarray) -> bool:
    try:
        column.astype(float)  # None becomes NaN.
        return True
    except ValueError:
        return False
