"""Whatever the interface describes as allowed, and much that it does not, is answered and never breaks the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

from tests.api.desk import XB, ApiDesk

EXAMPLES = 6
SHARES = 6
"""Each test takes its share of the calls, on a desk of its own: a case that grows makes every call slower."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 4 * 10**9).map(lambda s: (EPOCH + timedelta(seconds=s)).isoformat())
schemathesis.openapi.format("date-time", INSTANTS)

# What has no description of its own is never an answer: the status must be one that the call names, or a refusal of
# the framework.
ALWAYS = {400, 401, 403, 404, 405, 413, 422}


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("who", ["duty-1", XB])
def test_no_call_breaks_the_desk(desk: ApiDesk, who: str, share: int) -> None:
    headers = desk.authority(who) if who == XB else desk.officer(who)
    # Whatever fails here fails in memory too; the disk would take most of the time.
    desk.be_quick()
    ref = desk.submitted()
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", desk.client.app)
    broken: list[str] = []
    count = 0
    for operation in [found.ok() for found in schema.get_all_operations()][share::SHARES]:
        if operation.path.startswith("/simulation"):
            # Moves the exercise's clock; it has its own tests.
            continue
        count += 1
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            told = try_out(desk, operation, mode, headers, ref)
            broken += told
    assert count > 10
    assert broken == [], "\n".join(broken)


def try_out(
    desk: ApiDesk, operation: Any, mode: GenerationMode, headers: dict[str, str], ref: str
) -> list[str]:
    named = {int(s) for s in operation.definition.raw["responses"] if s.isdigit()} | ALWAYS
    broken: list[str] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Case) -> None:
        if "ref" in case.path_parameters:
            case.path_parameters["ref"] = ref
        if isinstance(case.path_parameters.get("n"), int) and mode is GenerationMode.POSITIVE:
            case.path_parameters["n"] = 1
        response = case.call(headers=headers)
        if response.status_code not in named:
            broken.append(
                f"{case.method} {case.formatted_path}: {response.status_code} {response.text[:300]}"
            )
        elif response.status_code >= 400:
            kind = response.headers["content-type"][0]
            if kind != "application/problem+json" and case.path != "/readyz":
                broken.append(f"{case.method} {case.formatted_path}: {kind}")

    try:
        run()
    except Unsatisfiable:
        # A call that takes nothing cannot be given anything wrong.
        assert mode is GenerationMode.NEGATIVE, operation.label
    return broken
