from __future__ import annotations

import json
import os
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest import mock
from urllib.parse import parse_qs, unquote, urlsplit

from files import InputError, create_once, read_bytes, write_bytes


class LocalFiles(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name, "runs", "model.joblib")

    def test_come_back_as_written(self) -> None:
        write_bytes(str(self.path), b"model")

        self.assertEqual(read_bytes(str(self.path)), b"model")

    def test_are_refused_when_they_are_not_there(self) -> None:
        with self.assertRaisesRegex(InputError, "cannot read .*model.joblib .check the path"):
            read_bytes(str(self.path))

    def test_are_refused_below_another_file(self) -> None:
        write_bytes(str(self.path), b"model")

        with self.assertRaisesRegex(InputError, "cannot write .*model.joblib/a.json .check the path"):
            write_bytes(f"{self.path}/a.json", b"{}")


    def test_are_created_once_and_then_stay(self) -> None:
        self.assertEqual(create_once(str(self.path), b"first"), b"first")
        self.assertEqual(create_once(str(self.path), b"second"), b"first")
        self.assertEqual(read_bytes(str(self.path)), b"first")

    def test_are_not_created_below_another_file(self) -> None:
        write_bytes(str(self.path), b"model")

        with self.assertRaisesRegex(InputError, "cannot create .*model.joblib/a .check the path"):
            create_once(f"{self.path}/a", b"{}")


class Bucket(BaseHTTPRequestHandler):
    """As much of the Cloud Storage JSON API as one download and one upload need."""

    objects: dict[str, bytes] = {}

    def do_GET(self) -> None:
        content = self.objects.get(unquote(urlsplit(self.path).path.rpartition("/o/")[2]))
        self._answer(200 if content is not None else 404, content or b"{}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        boundary = self.headers.get_param("boundary", header="Content-Type").encode()
        query = parse_qs(urlsplit(self.path).query)
        metadata, content = (part.partition(b"\r\n\r\n")[2] for part in body.split(b"--" + boundary)[1:3])
        name = json.loads(metadata)["name"]
        if query.get("ifGenerationMatch") == ["0"] and name in self.objects:
            return self._answer(412, b"{}")
        self.objects[name] = content[: -len(b"\r\n")]
        self._answer(200, metadata)

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *values: object) -> None:
        """Keeps the test output quiet."""


class CloudStorageObjects(unittest.TestCase):
    def setUp(self) -> None:
        Bucket.objects = {}
        server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        emulator = {"STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{server.server_port}"}
        patch = mock.patch.dict(os.environ, emulator)
        patch.start()
        self.addCleanup(patch.stop)

    def test_come_back_as_written(self) -> None:
        write_bytes("gs://bucket/runs/1/model.joblib", b"\x80model\r\n")

        self.assertEqual(Bucket.objects, {"runs/1/model.joblib": b"\x80model\r\n"})
        self.assertEqual(read_bytes("gs://bucket/runs/1/model.joblib"), b"\x80model\r\n")

    def test_are_created_once_and_then_stay(self) -> None:
        self.assertEqual(create_once("gs://bucket/e/a1", b"entered"), b"entered")

        Bucket.objects["e/a1"] = b"revoked"
        self.assertEqual(create_once("gs://bucket/e/a1", b"entered"), b"revoked")
        self.assertEqual(Bucket.objects, {"e/a1": b"revoked"})

    def test_are_refused_when_they_are_not_there(self) -> None:
        with self.assertRaisesRegex(InputError, "cannot read gs://bucket/data/a.csv .check the path.*404"):
            read_bytes("gs://bucket/data/a.csv")

    def test_are_refused_without_an_object_name(self) -> None:
        with self.assertRaisesRegex(InputError, "cannot read gs://bucket .*URI pattern"):
            read_bytes("gs://bucket")
