"""XGBoost, for server.py."""

from __future__ import annotations

import pickle
from typing import Any

import xgboost

NAME = "xgboost"


def load_booster(content: bytes) -> xgboost.Booster:
    booster = xgboost.Booster()
    booster.load_model(bytearray(content))
    return booster


# Vertex AI takes model.joblib too; joblib is not among the packages that this server shares with the trainer.
ARTIFACTS = {"model.bst": load_booster, "model.pkl": pickle.loads}


def predictions(model: Any, instances: list) -> list:
    return model.predict(xgboost.DMatrix(instances)).tolist()
