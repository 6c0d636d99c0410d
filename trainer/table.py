"""Reads a labelled table from CSV with a header or from JSON Lines."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Iterator, Optional

import numpy as np

from files import InputError, read_bytes

Record = tuple[int, list]  # The line it ends on, and its fields.


@dataclass(frozen=True)
class Table:
    path: str
    columns: list[str]  # Without the label.
    features: np.ndarray  # The text of each value; None where it is missing.
    labels: np.ndarray


def joined(first: Table, second: Table) -> Table:
    features = np.concatenate([first.features, second.features])
    return Table(f"{first.path} and {second.path}", first.columns, features, np.concatenate([first.labels, second.labels]))


def read_table(path: str, label: str, delimiter: str = ",") -> Table:
    """Raises InputError for whatever keeps the file from being a table with a filled label column."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text ({error}); save it as UTF-8") from error
    return parse_table(text, path, label, delimiter)


def parse_table(text: str, path: str, label: str, delimiter: str = ",") -> Table:
    if not text.strip():
        raise InputError(f"{path} is empty; it needs a header and rows")
    is_json = text.startswith("{")
    records = _json_records(text, path) if is_json else _csv_records(text, path, delimiter)
    (_, header), *rows = records
    if header.count(label) != 1:
        raise InputError(f"{path} needs one column named {label!r} (--label); found: {', '.join(header)}")
    if not rows:
        raise InputError(f"{path} has a header but no rows; give it data or change the split")
    place = header.index(label)
    for line, fields in rows:
        if len(fields) != len(header):
            counts = f"{len(fields)} fields, the header has {len(header)}"
            raise InputError(f"{path} line {line} has {counts}; mend the row")
        if _cell(fields[place]) is None:
            raise InputError(f"{path} line {line} has no value in the label column {label!r}; mend the row")
    cells = np.array([[_cell(value) for value in fields] for _, fields in rows], dtype=object)
    columns = header[:place] + header[place + 1 :]
    return Table(path, columns, np.delete(cells, place, axis=1), cells[:, place].astype(str))


def _csv_records(text: str, path: str, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for fields in reader:
            if fields:
                yield reader.line_num, fields
    except csv.Error as error:
        raise InputError(f"{path} line {reader.line_num} is not CSV: {error}; mend the row") from error


def _json_records(text: str, path: str) -> Iterator[Record]:
    columns: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = dict(json.loads(line))
        except (TypeError, ValueError) as error:
            raise InputError(f"{path} line {number} is not a JSON object: {error}; mend the line") from error
        if not columns:
            columns = list(record)
            yield number, columns
        # A field left out is a missing value; one that the first line lacks makes the record too long.
        yield number, [record.pop(name, None) for name in columns] + list(record.values())


def _cell(value: object) -> Optional[str]:
    return None if value is None or value == "" else str(value)
