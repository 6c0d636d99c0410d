"""The components of tfx/: each is told by one JSON text what it reads and writes, as those of TFX are, by gs:// addresses."""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

import xgboost

from model import InputError, Table, evaluate, parse_table, train
from train import MODEL_FILE, against_champion, blob, may_work, read


class Invocation:
    def __init__(self, text: str) -> None:
        self._call = json.loads(text)
        self.values: dict[str, Any] = self._call["inputs"]["parameterValues"]

    def read(self, artifact: str, name: str) -> bytes:
        return read(f"{self._folder('inputs', artifact)}/{name}")

    def table(self, name: str) -> Table:
        return parse_table(self.read("examples", name).decode("utf-8-sig"), name, self.values["label"])

    def write(self, artifact: str, name: str, content: bytes) -> None:
        blob(f"{self._folder('outputs', artifact)}/{name}").upload_from_string(content)

    def _folder(self, way: str, artifact: str) -> str:
        return self._call[way]["artifacts"][artifact]["artifacts"][0]["uri"]


def example_gen(call: Invocation) -> None:
    for part in ("training", "test"):
        call.write("examples", f"{part}.csv", read(call.values[f"{part}_dataset_path"]))


def trainer(call: Invocation) -> None:
    if not may_work(call.values["admission_object"]):
        raise InputError("nothing to do: another job does this work")
    values = call.values
    model = train(call.table("training.csv"), values["learning_rate"], values["max_depth"], values["rounds"], 42)
    call.write("model", MODEL_FILE, bytes(model.save_raw("ubj")))


def evaluator(call: Invocation) -> None:
    content, test = call.read("model", MODEL_FILE), call.table("test.csv")
    model = xgboost.Booster()
    model.load_model(bytearray(content))
    scores = evaluate(model, test)
    evaluation = {
        "rows": len(scores.right),
        "metrics": scores.metrics,
        **against_champion(call.values["champion_model_dir"], test, scores, 42),
        "model": {"file": MODEL_FILE, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)},
    }
    call.write("evaluation", "evaluation.json", json.dumps(evaluation).encode())


def pusher(call: Invocation) -> None:
    for artifact, name in (("model", MODEL_FILE), ("evaluation", "evaluation.json")):
        blob(call.values["model_dir"] + name).upload_from_string(call.read(artifact, name))


COMPONENTS = {"ExampleGen": example_gen, "Trainer": trainer, "Evaluator": evaluator, "Pusher": pusher}

if __name__ == "__main__":
    try:
        COMPONENTS[sys.argv[1]](Invocation(sys.argv[2]))
    except InputError as error:
        sys.exit(f"invocation.py: error: {error}")
