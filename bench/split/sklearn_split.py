"""What a notebook does: the whole file in memory, scikit-learn's train_test_split twice."""

import os

import pandas
from report import report
from sklearn.model_selection import train_test_split


def read(path):
    return pandas.read_csv(path) if path.endswith(".csv") else pandas.read_json(path, lines=True)


def write(rows, path):
    if path.endswith(".csv"):
        rows.to_csv(path, index=False)
    else:
        rows.to_json(path, orient="records", lines=True)


def split(path, folder):
    ending = os.path.splitext(path)[1]
    training, others = train_test_split(read(path), test_size=0.2, random_state=1)
    validation, test = train_test_split(others, test_size=0.5, random_state=1)
    write(training, f"{folder}/training{ending}")
    write(validation, f"{folder}/validation{ending}")
    write(test, f"{folder}/test{ending}")


report(split)
