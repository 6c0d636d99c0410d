"""Runs a tuning trial of gradient-boosted trees on numbers, or trains them and exports them.

The label is a class number from 0 on: that is what Vertex AI's prebuilt XGBoost server answers. Beside Millrace's own trainer
this is the least that keeps the contract: gs:// only, numbers only, no delimiter, slices or joined parts.
Input that cannot be used ends with exit code 1 and one line on stderr, a wrong flag with 2.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from typing import Any, Optional

import xgboost
from google.api_core.exceptions import NotFound, PreconditionFailed
from google.cloud import storage

from model import InputError, Scores, Table, compare, evaluate, load_released, parse_table, train

MODEL_FILE = "model.bst"  # The name that Vertex AI's prebuilt XGBoost server looks for.


def blob(uri: str) -> storage.Blob:
    return storage.Blob.from_uri(uri, client=storage.Client())  # Honours STORAGE_EMULATOR_HOST.


def read(uri: str) -> bytes:
    try:
        return blob(uri).download_as_bytes()
    except NotFound as error:
        raise InputError(f"there is no {uri}") from error


def against_champion(directory: Optional[str], test: Table, challenger: Scores, seed: int) -> dict[str, Any]:
    if not directory:
        return {}
    try:
        evaluation = json.loads(read(directory + "evaluation.json"))
        champion = load_released(read(directory + MODEL_FILE), evaluation["model"]["sha256"])
        return compare(challenger, evaluate(champion, test), seed)
    # Not worth losing the new model.
    except (InputError, KeyError, TypeError, ValueError, xgboost.core.XGBoostError) as error:
        return {"champion_error": f"the model in {directory} cannot score these rows: {error}"}


def may_work(admission_object: Optional[str]) -> bool:
    """Enters, unless whoever started this container has given it up meanwhile. Trials of one job enter together."""
    if not admission_object:
        return True
    try:
        blob(admission_object).upload_from_string("entered", if_generation_match=0)
        return True
    except PreconditionFailed:
        return read(admission_object).strip() != b"revoked"


def report(metrics: dict[str, float]) -> None:
    """Reports as cloudml-hypertune does: one JSON line, numbers as text."""
    path = os.environ.get("CLOUD_ML_HP_METRIC_FILE", "/tmp/hypertune/output.metrics")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    line = {name: str(value) for name, value in metrics.items()}
    line |= {"global_step": "1", "trial": os.environ.get("CLOUD_ML_TRIAL_ID", "0")}
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def export(model: xgboost.Booster, test: Table, flags: argparse.Namespace) -> None:
    scores = evaluate(model, test)
    content = bytes(model.save_raw("ubj"))
    evaluation = {
        "rows": len(scores.right),
        "metrics": scores.metrics,
        **against_champion(flags.champion_model_dir, test, scores, flags.seed),
        "model": {"file": MODEL_FILE, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)},
        "framework": "xgboost",
        "framework_version": xgboost.__version__,
    }
    model_dir = os.environ["AIP_MODEL_DIR"]
    blob(model_dir + MODEL_FILE).upload_from_string(content, content_type="application/octet-stream")
    blob(model_dir + "evaluation.json").upload_from_string(json.dumps(evaluation, indent=2))
    print(json.dumps(scores.metrics))


def whole_number(text: str) -> int:
    return int(float(text))  # Tuning services write whole values as "200.0".


def parse_flags(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="train.py", description=__doc__, allow_abbrev=False)
    for part in ("training", "validation", "test"):
        parser.add_argument(f"--{part}_dataset_path", required=part != "test")
    parser.add_argument("--label", required=True, help="name of the column to predict")
    parser.add_argument("--learning_rate", type=float, default=0.3)
    parser.add_argument("--max_depth", type=whole_number, default=4)
    parser.add_argument("--rounds", type=whole_number, default=50)
    parser.add_argument("--seed", type=int, default=42)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--hptune", action="store_true", help="run one tuning trial")
    mode.add_argument("--nohptune", action="store_true", help="export the model")
    parser.add_argument("--champion_model_dir", help="directory of the model to compare with")
    parser.add_argument("--admission_object", help="where to enter before any work")
    flags = parser.parse_args(arguments)
    if flags.nohptune and not (flags.test_dataset_path and os.environ.get("AIP_MODEL_DIR")):
        parser.error("--nohptune needs --test_dataset_path and AIP_MODEL_DIR")
    return flags


def main(arguments: list[str]) -> int:
    flags = parse_flags(arguments)

    def table(path: str) -> Table:
        return parse_table(read(path).decode("utf-8-sig"), path, flags.label)

    try:
        if not may_work(flags.admission_object):
            print(f"nothing to do: {flags.admission_object} says that another job does this work")
            return 0
        settings = (flags.learning_rate, flags.max_depth, flags.rounds, flags.seed)
        model = train(table(flags.training_dataset_path), *settings)
        if flags.hptune:
            report(evaluate(model, table(flags.validation_dataset_path)).metrics)
        else:
            export(model, table(flags.test_dataset_path), flags)
        return 0
    except InputError as error:
        print("train.py: error:", " ".join(str(error).split()), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
