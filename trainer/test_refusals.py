from __future__ import annotations

import unittest

from trainer_case import HEADER, TrainerTest


class Admission(TrainerTest):
    def setUp(self) -> None:
        super().setUp()
        self.object = self.folder / "r1-tune" / "a1"
        self.flag = f"--admission_object={self.object}"

    def test_enters_before_it_works(self) -> None:
        self.path("training").unlink()
        self.refusal("--hptune", self.flag)

        self.assertEqual(self.object.read_text(), "entered")

    def test_lets_the_trials_of_a_job_and_a_restart_work(self) -> None:
        self.report(self.flag)
        self.metric_file.unlink()

        self.report(self.flag)

    def test_does_nothing_for_a_job_that_was_given_up(self) -> None:
        self.object.parent.mkdir()
        self.object.write_text("revoked")
        self.path("training").unlink()

        self.assertEqual(self.run_main("--hptune", self.flag), (0, ""))
        self.assertEqual(self.run_main("--nohptune", f"--job-dir={self.model_dir}", self.flag), (0, ""))
        self.assertFalse(self.metric_file.exists() or self.model_dir.exists())

    def test_refuses_to_work_when_it_cannot_enter(self) -> None:
        self.object.parent.write_text("a file")

        self.assertIn("cannot create", self.refusal("--hptune", self.flag))
        self.assertFalse(self.metric_file.exists())


class BadInput(TrainerTest):
    def test_names_the_columns_found_when_the_label_is_missing(self) -> None:
        found = "one column named 'sort' (--label); found: height, colour, weight, kind"
        self.assertIn(found, self.refusal(label="sort"))

    def test_refuses_a_path_that_is_not_there(self) -> None:
        self.path("training").unlink()
        self.assertIn(f"cannot read {self.path('training')} (check the path", self.refusal())

    def test_refuses_parts_with_other_columns(self) -> None:
        self.write("validation", "colour,height,weight,kind\nblue,3,2,plum\n")
        self.assertIn("differ in their columns", self.refusal())

    def test_refuses_words_in_a_column_of_numbers(self) -> None:
        self.write("validation", HEADER + "\ntall,blue,2,plum\n")
        self.assertIn("cannot score the rows of", self.refusal())

    def test_refuses_a_hyperparameter_out_of_range(self) -> None:
        self.assertIn("'alpha'", self.refusal("--hptune", "--alpha=-1"))

    def test_refuses_a_model_directory_that_is_a_file(self) -> None:
        self.assertIn("cannot write", self.refusal("--nohptune", f"--job-dir={self.path('test')}"))

    def test_refuses_wrong_flags_as_argparse_does(self) -> None:
        for flags in ("", "--hptune --nohptune", "--nohptune", "--hptune --max=3", "--hptune --alpha=x"):
            with self.subTest(flags), self.assertRaises(SystemExit) as stop:
                self.run_main(*flags.split())
            self.assertEqual(stop.exception.code, 2)


if __name__ == "__main__":
    unittest.main()
