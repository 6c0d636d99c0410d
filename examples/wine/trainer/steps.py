"""The steps around the training in kubeflow/: one counts the rows of each class, one tells how the model turned out."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from model import InputError, parse_table
from train import read


def check(flags: argparse.Namespace) -> None:
    """Writes the number of classes, and the rows of each; fails when there is nothing to tell apart."""
    table = parse_table(read(flags.training_dataset_path).decode("utf-8-sig"), flags.training_dataset_path, flags.label)
    counts = Counter(str(number) for number in table.classes)
    if len(counts) < 2:
        raise InputError(f"{flags.training_dataset_path} has rows of one class only")
    Path(flags.classes).write_text(str(len(counts)))
    Path(flags.counts).write_text(json.dumps(dict(counts.most_common())))


def tell(flags: argparse.Namespace) -> None:
    counts = json.loads(Path(flags.counts).read_text())
    metrics = json.loads(read(f"{flags.model_dir}evaluation.json"))["metrics"]
    lines = [f"* {flags.classes} classes", *(f"* class {name}: {rows} rows" for name, rows in counts.items())]
    lines += [f"* {name} on the test rows: {value:.4f}" for name, value in metrics.items()]
    Path(flags.report).write_text("\n".join(lines) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="steps.py", description=__doc__)
    parser.add_argument("step", choices=("check", "tell"))
    for name in ("training_dataset_path", "label", "classes", "counts", "model_dir", "report"):
        parser.add_argument(f"--{name}")
    flags = parser.parse_args()
    try:
        check(flags) if flags.step == "check" else tell(flags)
        return 0
    except InputError as error:
        print(f"steps.py: error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
