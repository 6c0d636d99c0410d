"""Writes training.yaml. Run with `python compile.py`, where kfp 2.14.6 is installed."""

from pathlib import Path

from kfp import compiler, dsl

IMAGE = "millrace/trainer"  # Stands for the image that a run builds of trainer.source.


@dsl.container_component
def check(training_dataset_path: str, label: str, classes: dsl.OutputPath(int), counts: dsl.Output[dsl.Artifact]):
    return dsl.ContainerSpec(
        image=IMAGE,
        command=["python", "steps.py", "check"],
        args=[
            f"--training_dataset_path={training_dataset_path}",
            f"--label={label}",
            f"--classes={classes}",
            f"--counts={counts.path}",
        ],
    )


@dsl.container_component
def train(
    training_dataset_path: str,
    validation_dataset_path: str,
    test_dataset_path: str,
    label: str,
    learning_rate: float,
    max_depth: int,
    rounds: int,
    champion_model_dir: str,
    admission_object: str,
    model_dir: str,
):
    return dsl.ContainerSpec(
        image=IMAGE,
        # train.py finds its folder in the environment, which a component cannot set by a parameter.
        command=["sh", "-c", 'AIP_MODEL_DIR="$0" exec python train.py "$@"', model_dir, "--nohptune"],
        args=[
            f"--training_dataset_path={training_dataset_path}",
            f"--validation_dataset_path={validation_dataset_path}",
            f"--test_dataset_path={test_dataset_path}",
            f"--label={label}",
            f"--learning_rate={learning_rate}",
            f"--max_depth={max_depth}",
            f"--rounds={rounds}",
            f"--champion_model_dir={champion_model_dir}",
            f"--admission_object={admission_object}",
        ],
    )


@dsl.container_component
def tell(counts: dsl.Input[dsl.Artifact], classes: int, model_dir: str, report: dsl.Output[dsl.Markdown]):
    return dsl.ContainerSpec(
        image=IMAGE,
        command=["python", "steps.py", "tell"],
        args=[
            f"--counts={counts.path}",
            f"--classes={classes}",
            f"--model_dir={model_dir}",
            f"--report={report.path}",
        ],
    )


@dsl.pipeline(name="wine")
def wine(
    training_dataset_path: str,
    validation_dataset_path: str,
    test_dataset_path: str,
    label: str,
    learning_rate: float,
    max_depth: int,
    rounds: int,
    model_dir: str,
    admission_object: str,
    champion_model_dir: str = "",
):
    checked = check(training_dataset_path=training_dataset_path, label=label)
    trained = train(
        training_dataset_path=training_dataset_path,
        validation_dataset_path=validation_dataset_path,
        test_dataset_path=test_dataset_path,
        label=label,
        learning_rate=learning_rate,
        max_depth=max_depth,
        rounds=rounds,
        champion_model_dir=champion_model_dir,
        admission_object=admission_object,
        model_dir=model_dir,
    )
    told = tell(counts=checked.outputs["counts"], classes=checked.outputs["classes"], model_dir=model_dir)
    told.after(trained)


if __name__ == "__main__":
    compiler.Compiler().compile(wine, str(Path(__file__).with_name("training.yaml")))
