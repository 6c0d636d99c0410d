"""Run with `python -m unittest` in this folder, with the packages of requirements.txt."""

from __future__ import annotations

import json
import pickle
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import xgboost

sys.path.append(str(Path(__file__).parent.parent))
import server  # It lies in the folder above.

ROWS = [[1.0, 5.0], [2.0, 4.0], [8.0, 5.0], [9.0, 4.0]]


def booster() -> xgboost.Booster:
    """Tells small from large by the first feature."""
    settings = {"objective": "multi:softmax", "num_class": 2, "min_child_weight": 0}
    return xgboost.train(settings, xgboost.DMatrix(np.array(ROWS), np.array([0, 0, 1, 1])), 5)


class TestServer(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def ask(self, instances: object) -> server.Answer:
        return server.predict(server.load_model(str(self.folder)), json.dumps({"instances": instances}).encode())

    def test_answers_class_numbers_with_model_bst(self) -> None:
        (self.folder / "model.bst").write_bytes(booster().save_raw("ubj"))

        self.assertEqual(self.ask(ROWS), (200, {"predictions": [0.0, 0.0, 1.0, 1.0]}))

    def test_answers_with_model_pkl(self) -> None:
        (self.folder / "model.pkl").write_bytes(pickle.dumps(booster()))

        self.assertEqual(self.ask([[9, 5]]), (200, {"predictions": [1.0]}))

    def test_takes_null_for_a_missing_value(self) -> None:
        (self.folder / "model.bst").write_bytes(booster().save_raw("ubj"))

        self.assertEqual(self.ask([[9, None]]).status, 200)

    def test_refuses_words_and_another_number_of_features(self) -> None:
        (self.folder / "model.bst").write_bytes(booster().save_raw("ubj"))

        for instances in ([["large", 5]], [[1, 2, 3]], [[1], [1, 2]]):
            with self.subTest(instances):
                status, body = self.ask(instances)
                self.assertEqual(status, 400)
                self.assertIn("Exception during xgboost prediction: ", body["error"])

    def test_refuses_a_model_of_another_library(self) -> None:
        (self.folder / "model.joblib").write_bytes(b"")

        with self.assertRaisesRegex(server.ModelError, "expected to contain exactly one of: .*model.bst"):
            server.load_model(str(self.folder))

    def test_refuses_a_file_that_is_no_model(self) -> None:
        (self.folder / "model.bst").write_bytes(b"no model")

        with self.assertRaisesRegex(server.ModelError, "Cannot load .*model.bst"):
            server.load_model(str(self.folder))


if __name__ == "__main__":
    unittest.main()
