from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import unittest
from unittest import mock

import joblib
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from trainer_case import HEADER, TrainerTest


class Tuning(TrainerTest):
    def test_reports_as_cloudml_hypertune_does(self) -> None:
        self.assertEqual(self.run_main("--hptune", "--alpha", "0.01", "--max_iter=200.0"), (0, ""))

        content = self.metric_file.read_text()
        report = json.loads(content)
        self.assertEqual(content, json.dumps(report, sort_keys=True) + "\n")
        self.assertEqual(set(report), {"accuracy", "checkpoint_path", "global_step", "timestamp", "trial"})
        self.assertEqual((report["checkpoint_path"], report["trial"]), ("", "3"))
        self.assertRegex(report["accuracy"], r"\A(0\.\d+|1\.0)\Z")
        self.assertRegex(report["global_step"], r"\A[1-9]\d*\Z")
        self.assertIsInstance(report["timestamp"], float)

    def test_learns_more_than_the_majority_class(self) -> None:
        self.assertGreater(float(self.report()["accuracy"]), 0.75)

    def test_gives_the_same_metric_for_the_same_seed(self) -> None:
        first, again = self.report("--seed=7"), self.report("--seed=7")

        self.assertEqual(first["accuracy"], again["accuracy"])

    def test_scores_the_validation_rows_only(self) -> None:
        accuracy = self.report()["accuracy"]
        self.write("test", "")

        self.assertEqual(self.report()["accuracy"], accuracy)

    def test_exports_no_model(self) -> None:
        self.set_env(AIP_MODEL_DIR=str(self.model_dir))
        self.report()

        self.assertFalse(self.model_dir.exists())

    def test_reads_json_lines_like_csv(self) -> None:
        accuracy = self.report()["accuracy"]
        names = HEADER.split(",")
        for part in ("training", "validation"):
            lines = self.path(part).read_text().splitlines()[1:]
            records = ({k: v or None for k, v in zip(names, line.split(","))} for line in lines)
            self.write(part, "\n".join(map(json.dumps, records)))

        self.assertEqual(self.report()["accuracy"], accuracy)


class Exporting(TrainerTest):
    def test_describes_the_model_and_the_test_rows(self) -> None:
        evaluation = self.export()

        content = (self.model_dir / "model.joblib").read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        described = {"file": "model.joblib", "sha256": digest, "bytes": len(content)}
        self.assertEqual(evaluation["model"], described)
        self.assertEqual(evaluation["rows"], 41)
        self.assertEqual(evaluation["labels"], ["melon", "plum"])
        self.assertEqual(evaluation["metrics"]["majority_class_share"], 21 / 41)
        self.assertEqual(set(evaluation["metrics"]), {"accuracy", "log_loss", "majority_class_share"})
        self.assertEqual((evaluation["champion"], evaluation["paired"]), (None, None))

    def test_gives_the_same_predictions_for_the_same_seed(self) -> None:
        rows = [[3.1, "blue", 2], [9, "green", 6.5], [6, None, 4]]
        shares = []
        for name in ("first", "again"):
            self.export(self.folder / name)
            shares.append(joblib.load(self.folder / name / "model.joblib").predict_proba(rows).tolist())

        self.assertEqual(shares[0], shares[1])

    def test_trains_on_the_validation_rows_too_when_asked(self) -> None:
        self.export(self.folder / "less")
        self.export(self.folder / "more", "--train_on=training+validation")

        seen = {}
        for name in ("less", "more"):
            transformer = joblib.load(self.folder / name / "model.joblib")[0].named_transformers_["pipeline-1"]
            seen[name] = int(transformer[-1].n_samples_seen_)
        self.assertEqual(seen, {"less": 80, "more": 110})

    def test_prefers_the_model_directory_of_vertex_ai(self) -> None:
        self.set_env(AIP_MODEL_DIR=f"{self.model_dir}/")
        self.assertEqual(self.run_main("--nohptune", f"--job-dir={self.folder / 'other'}"), (0, ""))

        self.assertEqual(sorted(os.listdir(self.model_dir)), ["evaluation.json", "model.joblib"])
        self.assertFalse((self.folder / "other").exists())

    def test_writes_the_evaluation_last(self) -> None:
        self.set_env(AIP_MODEL_DIR="gs://bucket/runs/1/model/")
        with mock.patch("train.write_bytes") as write:
            self.assertEqual(self.run_main("--nohptune"), (0, ""))

        paths = [call.args[0] for call in write.call_args_list]
        folder = "gs://bucket/runs/1/model"
        self.assertEqual(paths, [f"{folder}/model.joblib", f"{folder}/evaluation.json"])

    def test_the_model_answers_raw_rows_without_the_trainers_code(self) -> None:
        self.export()
        instances = [[3, "blue", "2.0"], ["9.5", "green", 6], [None, None, 2], [9.5, "never seen", 6]]
        program = (
            "import joblib, json, numpy as np, sys\n"
            "model, rows = joblib.load('model.joblib'), json.loads(sys.argv[1])\n"
            "print(json.dumps([model.predict(rows).tolist(), model.predict(np.asarray(rows[:2])).tolist()]))"
        )
        command = [sys.executable, "-c", program, json.dumps(instances)]
        output = subprocess.check_output(command, cwd=self.model_dir)

        self.assertEqual(json.loads(output), [["plum", "melon", "plum", "melon"], ["plum", "melon"]])

    def test_counts_a_label_that_training_never_saw_as_wrong(self) -> None:
        before = self.export()["metrics"]["accuracy"]
        self.write("test", self.path("test").read_text() + "3,blue,2,cherry\n")

        metrics = self.export()["metrics"]
        self.assertAlmostEqual(metrics["accuracy"], before * 41 / 42)
        self.assertNotIn("log_loss", metrics)


class ComparingWithTheChampion(TrainerTest):
    def setUp(self) -> None:
        super().setUp()
        self.champion_dir = self.folder / "champion"

    def compared(self) -> dict:
        return self.export(None, f"--champion_model_dir={self.champion_dir}")

    def crown(self, champion: object) -> None:
        self.champion_dir.mkdir()
        joblib.dump(champion, self.champion_dir / "model.joblib")
        self.vouch_for((self.champion_dir / "model.joblib").read_bytes())

    def vouch_for(self, content: bytes) -> None:
        evaluation = {"model": {"sha256": hashlib.sha256(content).hexdigest()}}
        (self.champion_dir / "evaluation.json").write_text(json.dumps(evaluation))

    def test_scores_both_models_on_the_same_rows(self) -> None:
        always_plum = DummyClassifier(strategy="constant", constant="plum").fit([[0], [0]], ["plum", "melon"])
        self.crown(always_plum)
        evaluation = self.compared()

        paired = evaluation["paired"]
        self.assertEqual(evaluation["champion"]["metrics"]["accuracy"], 21 / 41)
        self.assertEqual(paired["both_right"] + paired["only_champion"], 21)
        right = paired["both_right"] + paired["only_challenger"]
        self.assertEqual(right / 41, evaluation["metrics"]["accuracy"])
        self.assertEqual(sum(paired.values()), 41)

    def test_counts_each_value_of_a_column_apart(self) -> None:
        self.export(self.champion_dir)
        flags = [f"--champion_model_dir={self.champion_dir}", "--slice_column=colour", "--alpha=10"]
        evaluation = self.export(None, *flags)

        slices = {found["value"]: found for found in evaluation["slices"]}
        self.assertEqual(set(slices), {"", "blue", "green", "violet"})
        self.assertEqual(sum(found["rows"] for found in slices.values()), 41)
        paired = evaluation["paired"]
        for model in ("challenger", "champion"):
            right = sum(found[model] for found in slices.values())
            self.assertEqual(right, paired["both_right"] + paired[f"only_{model}"])

    def test_refuses_to_count_a_column_that_is_not_there(self) -> None:
        self.export(self.champion_dir)
        flags = [f"--job-dir={self.model_dir}", f"--champion_model_dir={self.champion_dir}", "--slice_column=size"]

        self.assertIn("no column 'size' (--slice_column); found: height", self.refusal("--nohptune", *flags))

    def test_draws_the_rows_again_for_the_log_loss(self) -> None:
        champion = self.export(self.champion_dir)["metrics"]
        flags = [f"--champion_model_dir={self.champion_dir}", "--alpha=10"]
        evaluation = self.export(None, *flags)

        gains = evaluation["resamples"]["log_loss"]
        self.assertEqual(len(gains), 1000)
        gain = evaluation["metrics"]["log_loss"] - champion["log_loss"]
        self.assertLess(min(gains), gain)
        self.assertGreater(max(gains), gain)
        self.assertAlmostEqual(sum(gains) / 1000, gain, delta=(max(gains) - min(gains)) / 10)
        self.assertEqual(self.export(None, *flags)["resamples"]["log_loss"], gains)

    def test_finds_no_difference_to_itself(self) -> None:
        metrics = self.export(self.champion_dir)["metrics"]
        evaluation = self.compared()

        self.assertEqual(evaluation["champion"], {"metrics": metrics})
        self.assertEqual(evaluation["paired"]["only_challenger"], 0)
        self.assertEqual(evaluation["paired"]["only_champion"], 0)

    def test_says_why_a_champion_of_other_columns_is_not_scored(self) -> None:
        self.crown(make_pipeline(StandardScaler(), DummyClassifier()).fit([[1], [2]], ["plum", "melon"]))
        evaluation = self.compared()

        self.assertEqual((evaluation["champion"], evaluation["paired"]), (None, None))
        self.assertIn("cannot score these rows: ", evaluation["champion_error"])

    def test_says_why_a_file_that_is_no_model_is_not_scored(self) -> None:
        self.champion_dir.mkdir()
        (self.champion_dir / "model.joblib").write_text("not a pickle")
        self.vouch_for(b"not a pickle")

        self.assertIn("cannot score these rows: ", self.compared()["champion_error"])

    def test_loads_no_champion_that_was_changed_after_its_release(self) -> None:
        always_plum = DummyClassifier(strategy="constant", constant="plum").fit([[0], [0]], ["plum", "melon"])
        self.crown(always_plum)
        self.vouch_for(b"another model")
        with mock.patch("joblib.load") as load:
            evaluation = self.compared()

        load.assert_not_called()
        self.assertEqual((evaluation["champion"], evaluation["paired"]), (None, None))
        self.assertIn("it is not the file that evaluation.json speaks of", evaluation["champion_error"])

    def test_refuses_a_champion_that_cannot_be_read(self) -> None:
        directories = [f"--job-dir={self.model_dir}", f"--champion_model_dir={self.champion_dir}"]
        error = self.refusal("--nohptune", *directories)

        self.assertIn(f"cannot read {self.champion_dir}/model.joblib", error)
        self.assertFalse(self.model_dir.exists())


if __name__ == "__main__":
    unittest.main()
