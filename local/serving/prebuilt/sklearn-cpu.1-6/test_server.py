"""Run with `python -m unittest` in this folder, with the packages of requirements.txt."""

from __future__ import annotations

import json
import pickle
import sys
import tempfile
import unittest
from pathlib import Path

import joblib
import numpy as np

sys.path.append(str(Path(__file__).parent.parent))
import server  # It lies in the folder above.


class Sum:
    """A model of two features."""

    def predict(self, rows: np.ndarray) -> np.ndarray:
        if rows.shape[1] != 2:
            raise ValueError(f"X has {rows.shape[1]} features, but Sum is expecting 2 features as input.")
        return rows.sum(axis=1)


class TestPredict(unittest.TestCase):
    def ask(self, request: object) -> server.Answer:
        return server.predict(Sum(), json.dumps(request).encode())

    def test_gives_one_prediction_per_instance(self) -> None:
        self.assertEqual(self.ask({"instances": [[1, 2], [3, 4]]}), (200, {"predictions": [3, 7]}))

    def test_refuses_another_number_of_features(self) -> None:
        status, body = self.ask({"instances": [[1, 2, 3]]})
        self.assertEqual(status, 400)
        self.assertIn("X has 3 features", body["error"])

    def test_refuses_rows_of_unequal_length(self) -> None:
        self.assertEqual(self.ask({"instances": [[1], [1, 2]]}).status, 400)

    def test_refuses_a_request_without_instances(self) -> None:
        for request in ({}, [], {"instance": [[1, 2]]}):
            with self.subTest(request):
                self.assertEqual(self.ask(request).status, 400)
        self.assertEqual(server.predict(Sum(), b"{").status, 400)


class TestLoadModel(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_reads_model_joblib(self) -> None:
        joblib.dump({"a": 1}, self.folder / "model.joblib")
        self.assertEqual(server.load_model(str(self.folder)), {"a": 1})

    def test_reads_model_pkl(self) -> None:
        (self.folder / "model.pkl").write_bytes(pickle.dumps({"a": 1}))
        self.assertEqual(server.load_model(str(self.folder)), {"a": 1})

    def test_refuses_a_folder_without_a_model(self) -> None:
        with self.assertRaisesRegex(server.ModelError, "expected to contain exactly one of"):
            server.load_model(str(self.folder))

    def test_refuses_a_folder_with_both(self) -> None:
        (self.folder / "model.pkl").touch()
        (self.folder / "model.joblib").touch()
        with self.assertRaisesRegex(server.ModelError, "expected to contain exactly one of"):
            server.load_model(str(self.folder))

    def test_refuses_a_file_that_is_no_model(self) -> None:
        (self.folder / "model.joblib").write_bytes(b"no model")
        with self.assertRaisesRegex(server.ModelError, "Cannot load .*model.joblib"):
            server.load_model(str(self.folder))


if __name__ == "__main__":
    unittest.main()
