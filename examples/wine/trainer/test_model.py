from __future__ import annotations

import hashlib
import random
import unittest

from model import InputError, Table, compare, evaluate, load_released, parse_table, train

HEADER = "sugar,acid,kind"


def rows_of(count: int, seed: int) -> str:
    """Kind 1 is sweet; some values are missing."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        sugar = f"{chance.gauss(3 if number % 2 == 0 else 6, 1):.2f}"
        rows.append(f"{sugar},{'' if number % 7 == 3 else 5},{number % 2}")
    return "\n".join([HEADER, *rows]) + "\n"


def table(count: int, seed: int) -> Table:
    return parse_table(rows_of(count, seed), "rows.csv", "kind")


def trained(seed: int = 1, rounds: int = 20):
    return train(table(80, 1), 0.3, 3, rounds, seed)


class Model(unittest.TestCase):
    def test_learns_more_than_the_majority_class(self) -> None:
        scores = evaluate(trained(), table(40, 2))

        self.assertGreater(scores.metrics["accuracy"], 0.8)
        self.assertLess(scores.metrics["log_loss"], 0.69)

    def test_is_the_same_for_the_same_rows_and_seed(self) -> None:
        self.assertEqual(trained().save_raw("ubj"), trained().save_raw("ubj"))

    def test_is_read_back_as_it_was_released(self) -> None:
        content = bytes(trained().save_raw("ubj"))
        champion = load_released(content, hashlib.sha256(content).hexdigest())

        self.assertEqual(evaluate(champion, table(40, 2)).metrics, evaluate(trained(), table(40, 2)).metrics)

    def test_finds_no_difference_to_itself(self) -> None:
        scores = evaluate(trained(), table(40, 2))
        found = compare(scores, scores, 1)

        self.assertEqual(found["champion"], {"metrics": scores.metrics})
        self.assertEqual((found["paired"]["only_challenger"], found["paired"]["only_champion"]), (0, 0))
        self.assertEqual(set(found["resamples"]["log_loss"]), {0.0})

    def test_counts_every_row_once_against_another(self) -> None:
        scores = [evaluate(trained(rounds=rounds), table(41, 2)) for rounds in (1, 30)]
        found = compare(*scores, 1)

        self.assertEqual(sum(found["paired"].values()), 41)
        self.assertEqual(len(found["resamples"]["log_loss"]), 1000)
        gain = scores[0].metrics["log_loss"] - scores[1].metrics["log_loss"]
        self.assertAlmostEqual(sum(found["resamples"]["log_loss"]) / 1000, gain, delta=0.05)


class Refusals(unittest.TestCase):
    def refusal(self, text: str, label: str = "kind") -> str:
        with self.assertRaises(InputError) as stop:
            parse_table(text, "rows.csv", label)
        return str(stop.exception)

    def test_name_the_columns_when_the_label_is_missing(self) -> None:
        self.assertIn("found: sugar, acid, kind", self.refusal(rows_of(4, 1), "sort"))

    def test_are_told_of_words_and_of_rows_of_another_length(self) -> None:
        for row in ("sweet,5,1", "3,1"):
            with self.subTest(row):
                self.assertIn("must hold numbers only", self.refusal(rows_of(4, 1) + row + "\n"))

    def test_are_told_of_labels_that_are_no_class_number(self) -> None:
        for label in ("1.5", "-1", ""):
            with self.subTest(label):
                self.assertIn("must be a class number", self.refusal(rows_of(4, 1) + f"3,5,{label}\n"))

    def test_are_told_of_a_file_without_rows(self) -> None:
        self.assertIn("needs rows", self.refusal(HEADER + "\n"))

    def test_are_told_of_a_champion_that_is_not_the_released_file(self) -> None:
        content = bytes(trained().save_raw("ubj"))
        with self.assertRaisesRegex(InputError, "not the file that evaluation.json speaks of"):
            load_released(content, hashlib.sha256(content + b"x").hexdigest())

    def test_are_told_of_rows_of_one_class(self) -> None:
        only = parse_table(HEADER + "\n3,5,0\n4,5,0\n", "rows.csv", "kind")
        with self.assertRaisesRegex(InputError, "all of one class"):
            train(only, 0.3, 3, 5, 1)

    def test_are_told_of_a_class_that_the_model_does_not_know(self) -> None:
        with self.assertRaisesRegex(InputError, "knows no class 7"):
            evaluate(trained(), parse_table(HEADER + "\n3,5,7\n", "rows.csv", "kind"))

    def test_are_told_of_a_setting_that_xgboost_does_not_take(self) -> None:
        with self.assertRaisesRegex(InputError, "XGBoost cannot train"):
            train(table(20, 1), -1, 3, 5, 1)


if __name__ == "__main__":
    unittest.main()
