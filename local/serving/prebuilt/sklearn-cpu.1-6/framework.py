"""scikit-learn, for server.py."""

from __future__ import annotations

import io
import pickle
from typing import Any

import joblib
import numpy as np

NAME = "sklearn"
ARTIFACTS = {"model.joblib": lambda content: joblib.load(io.BytesIO(content)), "model.pkl": pickle.loads}


def predictions(model: Any, instances: list) -> list:
    return np.asarray(model.predict(np.asarray(instances))).tolist()
