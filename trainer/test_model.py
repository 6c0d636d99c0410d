from __future__ import annotations

import unittest
import warnings
from typing import Optional
from unittest import mock

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline

from files import InputError
from model import evaluate, train
from table import Table


def table_of(rows: list[list[Optional[str]]], labels: str) -> Table:
    columns = [f"column {place}" for place in range(len(rows[0]))]
    return Table("fruit", columns, np.array(rows, dtype=object), np.array(list(labels)))


def trained(rows: list[list[Optional[str]]], labels: str) -> Pipeline:
    return train(table_of(rows, labels), alpha=0.01, max_iter=200, seed=42)


class Training(unittest.TestCase):
    def test_fills_a_missing_number_with_the_median(self) -> None:
        model = trained([["1"], ["2"], ["3"], ["90"], [None]], "aaabb")

        self.assertEqual(model.predict_proba([[None]]).tolist(), model.predict_proba([[2.5]]).tolist())

    def test_fills_a_missing_category_with_the_most_frequent(self) -> None:
        model = trained([["red"], ["red"], ["blue"], [None]], "aabb")

        self.assertEqual(model.predict_proba([[None]]).tolist(), model.predict_proba([["red"]]).tolist())

    def test_takes_numbers_for_categories_that_look_like_numbers(self) -> None:
        model = trained([["1"], ["1"], ["2"], ["2"], ["big"]], "aabbb")

        self.assertEqual(model.predict([[1], [2]]).tolist(), ["a", "b"])
        self.assertEqual(model.predict(np.array([[1], [2]])).tolist(), ["a", "b"])

    def test_accepts_a_column_without_any_value_in_silence(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model = trained([[None, "1"], [None, "2"], [None, "8"], [None, "9"]], "aabb")

        self.assertEqual(model.predict([[None, 1], [7, 9]]).tolist(), ["a", "b"])

    def test_refuses_a_single_class(self) -> None:
        with self.assertRaisesRegex(InputError, "fruit has only the label 'a'; training needs two classes"):
            trained([["1"], ["2"]], "aa")

    def test_refuses_an_infinite_number(self) -> None:
        with self.assertRaisesRegex(InputError, "cannot train on fruit: Input X contains infinity"):
            trained([["1"], ["inf"]], "ab")

    def test_refuses_a_table_that_has_only_labels(self) -> None:
        with self.assertRaisesRegex(InputError, "cannot train on fruit: "):
            trained([[], []], "ab")


class Evaluating(unittest.TestCase):
    def test_compares_labels_as_text(self) -> None:
        always_seven = DummyClassifier(strategy="constant", constant=7).fit([[0], [0]], [7, 8])
        scores = evaluate(always_seven, table_of([["1"], ["2"], ["3"]], "778"))
        metrics, right = scores.metrics, scores.right

        self.assertEqual(right.tolist(), [True, True, False])
        self.assertEqual(metrics, {"accuracy": 2 / 3, "majority_class_share": 2 / 3})

    def test_leaves_out_the_log_loss_when_a_row_has_no_shares(self) -> None:
        model = mock.Mock(classes_=np.array(["a", "b"]))
        model.predict.return_value = ["a", "b"]
        model.predict_proba.return_value = np.array([[0.9, 0.1], [np.nan, np.nan]])
        metrics = evaluate(model, table_of([["1"], ["2"]], "ab")).metrics

        self.assertEqual(metrics, {"accuracy": 1.0, "majority_class_share": 0.5})

    def test_refuses_words_in_a_column_of_numbers(self) -> None:
        model = trained([["1"], ["2"]], "ab")

        with self.assertRaisesRegex(InputError, "(?s)cannot score the rows of fruit .*'tall'"):
            evaluate(model, table_of([["tall"]], "a"))
