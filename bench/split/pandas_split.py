"""The same split with pandas: chunk by chunk, rows hashed, three files appended to."""

import os

import pandas
from report import report

CHUNK_ROWS = 200_000


def chunks(path):
    if path.endswith(".csv"):
        return pandas.read_csv(path, chunksize=CHUNK_ROWS)
    return pandas.read_json(path, lines=True, chunksize=CHUNK_ROWS)


def write(rows, path):
    if path.endswith(".csv"):
        rows.to_csv(path, mode="a", header=not os.path.exists(path), index=False)
    else:
        rows.to_json(path, mode="a", orient="records", lines=True)


def split(path, folder):
    ending = os.path.splitext(path)[1]
    for rows in chunks(path):
        # Objects within objects have no hash.
        hashable = rows if path.endswith(".csv") else rows[["id", "text", "score", "label"]]
        bucket = pandas.util.hash_pandas_object(hashable, index=False) % 10
        write(rows[bucket < 8], f"{folder}/training{ending}")
        write(rows[bucket == 8], f"{folder}/validation{ending}")
        write(rows[bucket == 9], f"{folder}/test{ending}")


report(split)
