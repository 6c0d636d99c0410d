"""Serves a model as Vertex AI's prebuilt prediction containers do; `framework.py` beside it says of which library.

Loads the model from the folder AIP_STORAGE_URI, then answers AIP_HEALTH_ROUTE and AIP_PREDICT_ROUTE on
AIP_HTTP_PORT: {"instances": [[...], ...]} gives {"predictions": [...]}.
"""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple, Optional

from framework import ARTIFACTS, NAME, predictions


class ModelError(Exception):
    """Says why there is no model to serve."""


class Answer(NamedTuple):
    status: int
    body: dict[str, Any]


def load_model(folder: str) -> Any:
    """The model in `folder`, a gs:// URI or a path."""
    read = read_blob if folder.startswith("gs://") else read_file
    found = {name: content for name in ARTIFACTS if (content := read(folder, name)) is not None}
    if len(found) != 1:
        raise ModelError(f"Model directory {folder} is expected to contain exactly one of: {list(ARTIFACTS)}, not {list(found)}.")
    name, content = found.popitem()
    try:
        return ARTIFACTS[name](content)
    except Exception as error:  # A pickle runs code of its own.
        raise ModelError(f"Cannot load {folder.rstrip('/')}/{name}: {error}") from error


def read_file(folder: str, name: str) -> Optional[bytes]:
    path = Path(folder) / name
    return path.read_bytes() if path.exists() else None


def read_blob(folder: str, name: str) -> Optional[bytes]:
    from google.api_core.exceptions import NotFound
    from google.cloud import storage

    try:
        # The client takes STORAGE_EMULATOR_HOST for its address.
        return storage.Blob.from_uri(f"{folder.rstrip('/')}/{name}", client=storage.Client()).download_as_bytes()
    except NotFound:
        return None


def predict(model: Any, body: bytes) -> Answer:
    """Answers one request: 400 for what the caller can mend."""
    try:
        instances = json.loads(body)["instances"]
    except (ValueError, KeyError, TypeError):
        return Answer(400, {"error": 'The request must be a JSON object with the field "instances".'})
    try:
        return Answer(200, {"predictions": predictions(model, instances)})
    except Exception as error:  # Models raise what they like about shapes and types.
        return Answer(400, {"error": f"Exception during {NAME} prediction: {error}"})


def handler_for(model: Any, health_route: str, predict_route: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer(Answer(200, {"status": "healthy"}) if self.path == health_route else self.unknown())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.answer(predict(model, body) if self.path == predict_route else self.unknown())

        def unknown(self) -> Answer:
            return Answer(404, {"error": f"No such route: {self.path}"})

        def answer(self, answer: Answer) -> None:
            body = json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *values: object) -> None:
            """Health checks would fill the log."""

    return Handler


def main() -> None:
    model = load_model(os.environ["AIP_STORAGE_URI"])
    handler = handler_for(model, os.environ["AIP_HEALTH_ROUTE"], os.environ["AIP_PREDICT_ROUTE"])
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["AIP_HTTP_PORT"])), handler).serve_forever()


if __name__ == "__main__":
    try:
        main()
    except ModelError as error:
        sys.exit(f"server.py: error: {error}")
