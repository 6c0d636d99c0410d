"""Answers how accurate models of the digits are, one JSON line for each JSON line.

validate: of one trial on the validation rows. test: of the final model on the test rows. search: of the model that
scikit-learn's own RandomizedSearchCV finds in the same space, on the same test rows.
"""

import json
import sys
from functools import lru_cache
from pathlib import Path

from scipy.stats import loguniform
from sklearn.base import clone
from sklearn.model_selection import RandomizedSearchCV

sys.path.append(str(Path(__file__).parents[2] / "trainer"))
from model import evaluate, train
from table import joined, read_table


@lru_cache(maxsize=3)
def part(folder, name):
    return read_table(f"{folder}/{name}", "digit")


def accuracy(model, table):
    return evaluate(model, table).metrics["accuracy"]


def validate(folder, seed, alpha, max_iter):
    return accuracy(train(part(folder, "training"), alpha, max_iter, seed), part(folder, "validation"))


def test(folder, seed, alpha, max_iter):
    rows = joined(part(folder, "training"), part(folder, "validation"))
    return accuracy(train(rows, alpha, max_iter, seed), part(folder, "test"))


def search(folder, seed, alpha, max_iter, trials):
    rows = joined(part(folder, "training"), part(folder, "validation"))
    untrained = clone(train(rows, alpha[0], max_iter[0], seed))
    space = {"sgdclassifier__alpha": loguniform(*alpha), "sgdclassifier__max_iter": max_iter}
    found = RandomizedSearchCV(untrained, space, n_iter=trials, random_state=seed)
    return accuracy(found.fit(rows.features, rows.labels), part(folder, "test"))


QUESTIONS = {"validate": validate, "test": test, "search": search}

for line in sys.stdin:
    asked = json.loads(line)
    print(QUESTIONS[asked.pop("question")](**asked), flush=True)
