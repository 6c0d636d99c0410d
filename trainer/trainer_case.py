"""A folder of small tables and the trainer run on it, for the tests."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import tempfile
import unittest
from pathlib import Path
from typing import Optional
from unittest import mock

import train

HEADER = "height,colour,weight,kind"


def rows_of(count: int, seed: int) -> list[str]:
    """Plums are small and blue, melons large and green; some values are missing, some rows are odd."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        plum = number % 2 == 0
        height = "" if number % 7 == 3 else f"{chance.gauss(3 if plum else 9, 2):.3f}"
        colour = "" if number % 11 == 5 else chance.choice(["blue", "violet"] if plum else ["green", "blue"])
        weight = f"{chance.gauss(2 if plum else 6, 2):.3f}"
        rows.append(f"{height},{colour},{weight},{'plum' if plum else 'melon'}")
    return rows


class TrainerTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.metric_file = self.folder / "hypertune" / "output.metrics"
        self.model_dir = self.folder / "model"
        self.set_env(CLOUD_ML_HP_METRIC_FILE=str(self.metric_file), CLOUD_ML_TRIAL_ID="3", AIP_MODEL_DIR="")
        for part, count, seed in (("training", 80, 1), ("validation", 30, 2), ("test", 41, 3)):
            self.write(part, "\n".join([HEADER, *rows_of(count, seed)]) + "\n")

    def set_env(self, **values: str) -> None:
        patch = mock.patch.dict(os.environ, values)
        patch.start()
        self.addCleanup(patch.stop)

    def path(self, part: str) -> Path:
        return self.folder / f"{part}.csv"

    def write(self, part: str, text: str) -> None:
        self.path(part).write_text(text, encoding="utf-8")

    def data_flags(self) -> list[str]:
        return [f"--{part}_dataset_path={self.path(part)}" for part in ("training", "validation", "test")]

    def run_main(self, *flags: str, label: str = "kind") -> tuple[int, str]:
        """Gives the exit code and what went to stderr."""
        stderr = io.StringIO()
        with contextlib.redirect_stderr(stderr), contextlib.redirect_stdout(io.StringIO()):
            code = train.main([*self.data_flags(), "--label", label, *flags])
        return code, stderr.getvalue()

    def report(self, *flags: str) -> dict[str, object]:
        self.assertEqual(self.run_main("--hptune", *flags), (0, ""))
        return json.loads(self.metric_file.read_text())

    def export(self, directory: Optional[Path] = None, *flags: str) -> dict:
        directory = directory or self.model_dir
        self.assertEqual(self.run_main("--nohptune", f"--job-dir={directory}", *flags), (0, ""))
        return json.loads((directory / "evaluation.json").read_text())

    def refusal(self, *flags: str, label: str = "kind") -> str:
        """Gives the one line on stderr of a run that must end with exit code 1."""
        code, stderr = self.run_main(*(flags or ["--hptune"]), label=label)
        self.assertEqual(code, 1)
        self.assertRegex(stderr, r"\Atrain\.py: error: [^\n]+\n\Z")
        return stderr
