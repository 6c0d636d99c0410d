from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from files import InputError
from table import Table, parse_table, read_table


def parse(text: str) -> Table:
    return parse_table(text, path="fruit", label="kind")


class ATable(unittest.TestCase):
    def test_keeps_the_order_of_the_columns_without_the_label(self) -> None:
        table = parse("size,kind,colour\n3,plum,blue\n9,melon,green\n")

        self.assertEqual(table.columns, ["size", "colour"])
        self.assertEqual(table.features.tolist(), [["3", "blue"], ["9", "green"]])
        self.assertEqual(table.labels.tolist(), ["plum", "melon"])

    def test_marks_missing_values(self) -> None:
        csv = parse("size,colour,kind\n,blue,plum\n9,,melon\n")
        lines = parse('{"size": null, "colour": "blue", "kind": "plum"}\n{"kind": "melon", "size": 9}\n')

        self.assertEqual(csv.features.tolist(), [[None, "blue"], ["9", None]])
        self.assertEqual(lines.features.tolist(), csv.features.tolist())

    def test_reads_quotes_line_breaks_and_blank_lines(self) -> None:
        table = parse('note,kind\r\n"a ""b"",\r\nc",plum\r\n\r\nd,melon')

        self.assertEqual(table.features.tolist(), [['a "b",\r\nc'], ["d"]])

    def test_takes_another_delimiter(self) -> None:
        table = parse_table("size;kind\n3,5;plum\n", path="fruit", label="kind", delimiter=";")

        self.assertEqual(table.features.tolist(), [["3,5"]])

    def test_skips_a_byte_order_mark(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "fruit.csv")
            path.write_bytes("size,kind\n3,plum\n".encode("utf-8-sig"))

            self.assertEqual(read_table(str(path), "size").labels.tolist(), ["3"])


class ARefusedTable(unittest.TestCase):
    def assert_refused(self, text: str, sentence: str) -> None:
        with self.assertRaises(InputError) as refusal:
            parse(text)
        self.assertIn(sentence, str(refusal.exception))

    def test_is_empty(self) -> None:
        self.assert_refused(" \n", "fruit is empty; it needs a header and rows")

    def test_has_a_header_only(self) -> None:
        self.assert_refused("size,kind\n", "fruit has a header but no rows")

    def test_lacks_the_label(self) -> None:
        self.assert_refused("size,sort\n3,plum\n", "one column named 'kind' (--label); found: size, sort")

    def test_has_the_label_twice(self) -> None:
        self.assert_refused("kind,size,kind\nplum,1,plum\n", "one column named 'kind'")

    def test_has_a_row_with_another_number_of_fields(self) -> None:
        self.assert_refused('size,kind\n"3\n4",plum\n5\n', "fruit line 4 has 1 fields, the header has 2")

    def test_has_a_row_without_a_label(self) -> None:
        self.assert_refused("size,kind\n3,plum\n4,\n", "fruit line 3 has no value in the label column 'kind'")

    def test_has_an_open_quote(self) -> None:
        self.assert_refused('size,kind\n3,plum\n"4,melon\n', "fruit line 3 is not CSV")

    def test_has_a_line_that_is_no_json_object(self) -> None:
        for line in ('{"kind": ', "[1, 2]", "7"):
            with self.subTest(line):
                text = '{"size": 1, "kind": "plum"}\n' + line
                self.assert_refused(text, "fruit line 2 is not a JSON object")

    def test_has_a_json_field_that_the_first_line_lacks(self) -> None:
        text = '{"size": 1, "kind": "plum"}\n{"kind": "melon", "sise": 1}'
        self.assert_refused(text, "fruit line 2 has 3 fields")

    def test_is_not_utf_8(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "fruit.csv")
            path.write_bytes(b"size,kind\n3,pr\xfcne\n")

            with self.assertRaisesRegex(InputError, "is not UTF-8 text"):
                read_table(str(path), "kind")
