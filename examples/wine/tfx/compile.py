"""Writes training.yaml: the components of a TFX pipeline. Run with `python compile.py`, where kfp 2.14.6 is installed."""

from pathlib import Path

from kfp import compiler, dsl

IMAGE = "millrace/trainer"  # Stands for the image that a run builds of trainer.source.
COMMAND = ["python", "invocation.py"]
INVOCATION = "{{$}}"  # All inputs and outputs as one JSON text.


@dsl.container_component
def example_gen(training_dataset_path: str, test_dataset_path: str, examples: dsl.Output[dsl.Dataset]):
    return dsl.ContainerSpec(image=IMAGE, command=COMMAND, args=["ExampleGen", INVOCATION])


@dsl.container_component
def trainer(
    examples: dsl.Input[dsl.Dataset],
    label: str,
    learning_rate: float,
    max_depth: int,
    rounds: int,
    admission_object: str,
    model: dsl.Output[dsl.Model],
):
    return dsl.ContainerSpec(image=IMAGE, command=COMMAND, args=["Trainer", INVOCATION])


@dsl.container_component
def evaluator(
    examples: dsl.Input[dsl.Dataset],
    model: dsl.Input[dsl.Model],
    label: str,
    champion_model_dir: str,
    evaluation: dsl.Output[dsl.Metrics],
):
    return dsl.ContainerSpec(image=IMAGE, command=COMMAND, args=["Evaluator", INVOCATION])


@dsl.container_component
def pusher(model: dsl.Input[dsl.Model], evaluation: dsl.Input[dsl.Metrics], model_dir: str):
    return dsl.ContainerSpec(image=IMAGE, command=COMMAND, args=["Pusher", INVOCATION])


@dsl.pipeline(name="wine")
def wine(
    training_dataset_path: str,
    test_dataset_path: str,
    label: str,
    learning_rate: float,
    max_depth: int,
    rounds: int,
    model_dir: str,
    admission_object: str,
    champion_model_dir: str = "",
):
    examples = example_gen(
        training_dataset_path=training_dataset_path, test_dataset_path=test_dataset_path
    ).outputs["examples"]
    model = trainer(
        examples=examples,
        label=label,
        learning_rate=learning_rate,
        max_depth=max_depth,
        rounds=rounds,
        admission_object=admission_object,
    ).outputs["model"]
    evaluation = evaluator(
        examples=examples, model=model, label=label, champion_model_dir=champion_model_dir
    ).outputs["evaluation"]
    pusher(model=model, evaluation=evaluation, model_dir=model_dir)


if __name__ == "__main__":
    compiler.Compiler().compile(wine, str(Path(__file__).with_name("training.yaml")))
