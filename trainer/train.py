"""Runs a tuning trial of a classifier, or trains it and exports it.

With --hptune the accuracy on the validation rows is reported to the tuning service.
With --nohptune the model and, last of all, evaluation.json are written to the model directory.
Input that cannot be used ends with exit code 1 and one line on stderr, a wrong flag with 2.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import sys
import time
from typing import Any, Optional

import joblib
import sklearn

from compare import paired, resamples, slices
from files import InputError, create_once, read_bytes, write_bytes
from model import Scores, evaluate, train
from table import Table, joined, read_table

MODEL_FILE = "model.joblib"  # The name that Vertex AI's prebuilt scikit-learn server looks for.


def tune(training: Table, validation: Table, flags: argparse.Namespace) -> None:
    """Runs one trial; reports as cloudml-hypertune does: one JSON line, keys sorted, numbers as text."""
    model = train(training, flags.alpha, flags.max_iter, flags.seed)
    metrics = evaluate(model, validation).metrics
    report = {
        "accuracy": str(metrics["accuracy"]),
        "checkpoint_path": "",
        "global_step": str(model[-1].n_iter_),
        "timestamp": time.time(),
        "trial": os.environ.get("CLOUD_ML_TRIAL_ID", "0"),
    }
    path = os.environ.get("CLOUD_ML_HP_METRIC_FILE", "/tmp/hypertune/output.metrics")
    write_bytes(path, (json.dumps(report, sort_keys=True) + "\n").encode())
    print(json.dumps({"validation": metrics}))


def export(training: Table, validation: Table, test: Table, flags: argparse.Namespace) -> None:
    """Writes the model, then its evaluation beside the champion's on the same test rows."""
    rows = joined(training, validation) if flags.train_on == "training+validation" else training
    model = train(rows, flags.alpha, flags.max_iter, flags.seed)
    scores = evaluate(model, test)
    file = io.BytesIO()
    joblib.dump(model, file)
    content = file.getvalue()
    evaluation = {
        "rows": len(scores.right),
        "metrics": scores.metrics,
        **compare(flags, test, scores),
        "labels": model.classes_.tolist(),
        "model": {"file": MODEL_FILE, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)},
        "framework": "scikit-learn",
        "framework_version": sklearn.__version__,
    }
    write_bytes(_in_directory(flags.model_dir, MODEL_FILE), content)
    write_bytes(_in_directory(flags.model_dir, "evaluation.json"), json.dumps(evaluation, indent=2).encode())
    print(json.dumps({"test": scores.metrics}))


def compare(flags: argparse.Namespace, test: Table, challenger: Scores) -> dict[str, Any]:
    """Scores the champion on the same test rows."""
    champion_dir = flags.champion_model_dir
    if not champion_dir:
        return {"champion": None, "paired": None}
    content = read_bytes(_in_directory(champion_dir, MODEL_FILE))
    evaluation = read_bytes(_in_directory(champion_dir, "evaluation.json"))
    try:
        champion = evaluate(_loaded(content, json.loads(evaluation)["model"]["sha256"]), test)
    except Exception as error:  # Code of any kind runs in a loaded model; none is worth losing the new one.
        why = f"the model in {champion_dir} cannot score these rows: {error}"
        return {"champion": None, "champion_error": why, "paired": None}
    return {
        "champion": {"metrics": champion.metrics},
        "paired": paired(challenger, champion),
        "resamples": resamples(challenger, champion, flags.seed),
        "slices": slices(flags.slice_column, test, challenger, champion),
    }


def _loaded(content: bytes, sha256: str) -> Any:
    # Loading a pickle runs what is in it, so it has to be the very file that was released.
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError("it is not the file that evaluation.json speaks of")
    return joblib.load(io.BytesIO(content))


def may_work(admission_object: Optional[str]) -> bool:
    """Enters, unless whoever started this container has given it up meanwhile. Trials of one job enter together."""
    return not admission_object or create_once(admission_object, b"entered").strip() != b"revoked"


def whole_number(text: str) -> int:
    return int(float(text))  # Tuning services write discrete values as "200.0".


def parse_flags(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="train.py", description=__doc__, allow_abbrev=False)
    for part in ("training", "validation", "test"):
        parser.add_argument(f"--{part}_dataset_path", required=part != "test")
    parser.add_argument("--label", required=True, help="name of the column to predict")
    parser.add_argument("--delimiter", default=",", help="what separates the fields of a CSV")
    parser.add_argument("--alpha", type=float, default=1e-4, help="strength of the regularisation")
    parser.add_argument("--max_iter", type=whole_number, default=1000, help="most passes over the rows")
    parser.add_argument("--seed", type=int, default=42)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--hptune", action="store_true", help="run one tuning trial")
    mode.add_argument("--nohptune", action="store_true", help="export the model")
    parser.add_argument("--job-dir", help="model directory where AIP_MODEL_DIR is not set")
    parser.add_argument("--champion_model_dir", help="directory of the model to compare with")
    parser.add_argument("--train_on", choices=("training", "training+validation"), default="training")
    parser.add_argument("--slice_column", action="append", default=[], help="column whose values are compared apart")
    parser.add_argument("--admission_object", help="where to enter before any work")
    flags = parser.parse_args(arguments)
    flags.model_dir = os.environ.get("AIP_MODEL_DIR") or flags.job_dir
    if flags.nohptune and not (flags.test_dataset_path and flags.model_dir):
        parser.error("--nohptune needs --test_dataset_path, and AIP_MODEL_DIR or --job-dir")
    return flags


def main(arguments: list[str]) -> int:
    flags = parse_flags(arguments)
    try:
        if not may_work(flags.admission_object):
            print(f"nothing to do: {flags.admission_object} says that another job does this work")
            return 0
        training = read_table(flags.training_dataset_path, flags.label, flags.delimiter)
        validation = _read_like(training, flags.validation_dataset_path, flags)
        if flags.hptune:
            tune(training, validation, flags)
        else:
            test = _read_like(training, flags.test_dataset_path, flags)
            export(training, validation, test, flags)
        return 0
    except InputError as error:
        print("train.py: error:", " ".join(str(error).split()), file=sys.stderr)
        return 1


def _read_like(training: Table, path: str, flags: argparse.Namespace) -> Table:
    table = read_table(path, flags.label, flags.delimiter)
    if table.columns != training.columns:
        raise InputError(f"{path} and {training.path} differ in their columns; split both from one file")
    return table


def _in_directory(directory: str, name: str) -> str:
    return f"{directory.rstrip('/')}/{name}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
