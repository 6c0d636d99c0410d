"""Reads and writes whole files by path: gs:// addresses, local files and Vertex AI's /gcs/ mounts."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator


class InputError(Exception):
    """Says what is wrong with the input, where, and what to do about it."""


def read_bytes(path: str) -> bytes:
    with _explained(f"cannot read {path} (check the path and who may read it)"):
        return _blob(path).download_as_bytes() if path.startswith("gs://") else Path(path).read_bytes()


def write_bytes(path: str, content: bytes) -> None:
    with _explained(f"cannot write {path} (check the path and who may write it)"):
        if path.startswith("gs://"):
            _blob(path).upload_from_string(content, content_type="application/octet-stream")
        else:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_bytes(content)


def create_once(path: str, content: bytes) -> bytes:
    """Creates a file unless there is one. Gives back what is there from now on."""
    with _explained(f"cannot create {path} (check the path and who may create it)"):
        created = _create_object(path, content) if path.startswith("gs://") else _create_file(path, content)
    return content if created else read_bytes(path)


def _create_file(path: str, content: bytes) -> bool:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(path, "xb") as file:
            file.write(content)
        return True
    except FileExistsError:
        return False


def _create_object(uri: str, content: bytes) -> bool:
    from google.api_core.exceptions import PreconditionFailed

    try:
        _blob(uri).upload_from_string(content, if_generation_match=0)
        return True
    except PreconditionFailed:
        return False


def _blob(uri: str) -> Any:
    from google.cloud import storage  # Loading it costs 0.2 s; only those pay who use it.

    return storage.Blob.from_uri(uri, client=storage.Client())  # Honours STORAGE_EMULATOR_HOST.


@contextmanager
def _explained(doing: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # File system, network, sign-in and service errors share no nearer parent.
        raise InputError(f"{doing}: {error}") from error
