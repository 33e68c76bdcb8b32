"""The OpenAPI document: complete, and held against the server by requests that a machine makes up."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from autocut_tray.reporting import files
from tests.api.rig import Rig

SECONDS = 45.0
EXAMPLES = 6
LEAST = 2
"""Requests of each operation and kind, however slow the machine is."""


def test_every_operation_says_all_that_a_client_needs(rig: Rig) -> None:
    document = rig.get("/openapi.json").json
    names = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            names.append(operation["operationId"])
            assert operation["description"].endswith("."), path
            assert operation["tags"], path
            good = [status for status in operation["responses"] if status.startswith("2")]
            assert len(good) == 1, path
            assert operation["responses"][good[0]]["content"], path
            assert {"401", "403", "429", "500", "503"} <= set(operation["responses"]), path
            assert ("415" in operation["responses"]) == (method in ("post", "patch")), path
            for status, reply in operation["responses"].items():
                if status[0] in "45":
                    shape = reply["content"]["application/json"]["schema"]["$ref"]
                    assert shape.endswith("/ErrorReply"), (path, status)
    assert len(names) == len(set(names)) and len(names) > 30
    assert document["security"] == [{"token": []}]
    assert document["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    used = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert used == set(document["components"]["schemas"]), "nothing is missing, nothing is left over"
    for path in (
        "profile",
        "policy",
        "monitor",
        "status",
        "monitor/metrics/history",
        "profile/reload",
        "policy/reload",
    ):
        assert "get" in document["paths"][f"/api/runtime/{path}"]


@pytest.mark.timeout(400)
@pytest.mark.filterwarnings("ignore")
def test_no_made_up_request_breaks_it(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """About a minute; every operation is asked, with values that fit and with values that do not."""
    monkeypatch.setattr(
        files, "draw_paper", lambda _pages: b"%PDF-"
    )  # a process for each would take too long
    schema = schemathesis.openapi.from_dict(rig.get("/openapi.json").json)
    begun, asked = time.monotonic(), Counter[str]()
    base, headers = f"http://127.0.0.1:{rig.port}", {"Authorization": f"Bearer {rig.token}"}
    checks: list[Any] = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    ]

    def asker(strategy: Any, kind: str) -> Callable[[], None]:
        @given(case=strategy)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any) -> None:
            key = f"{case.operation.label} {kind}"
            if time.monotonic() - begun > SECONDS and asked[key] >= LEAST:
                return
            asked[key] += 1
            reply = case.call(base_url=base, headers=headers, timeout=20)
            case.validate_response(reply, checks=checks)

        return ask

    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                strategy = operation.as_strategy(generation_mode=mode)
            except Exception:  # nothing about this operation can be wrong
                continue
            try:
                asker(strategy, mode.value)()
            except Exception as error:
                if type(error).__name__ not in ("Unsatisfiable", "SkipTest", "Skipped"):
                    raise
    assert {key.rpartition(" ")[0] for key in asked} == {operation.label for operation in operations}
    assert asked.total() >= LEAST * len(operations), asked
