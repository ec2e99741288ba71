"""The edge itself: problems, headers, health, metrics, the description of the interface."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from tests.api.desk import API, ApiDesk


def test_every_refusal_of_the_framework_is_a_problem_document(desk: ApiDesk) -> None:
    for method, path, status in (
        ("GET", "/nothing/here", 404),
        ("GET", f"{API}/nothing", 404),
        ("PUT", f"{API}/cases", 405),
        ("GET", f"{API}/submissions", 405),
        ("POST", f"{API}/cases/X-2222-222/exchanges/zero/answers", 422),
        ("GET", f"{API}/cases?limit=many", 422),
    ):
        answer = desk.client.request(method, path, headers=desk.officer())
        assert answer.status_code == status, (path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert {"type", "title", "status", "detail"} <= set(told)
        assert (told["status"], told["type"].startswith("/problems/")) == (status, True)
    limit = desk.get("/cases", desk.officer(), limit="many").json()["problems"]
    assert limit[0]["pointer"] == "/query/limit" and limit[0]["told"] == "many"


def test_every_answer_carries_the_headers_of_safety(desk: ApiDesk) -> None:
    for path in ("/healthz", f"{API}/cases", "/nothing", f"{API}/openapi.json"):
        headers = desk.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"


def test_an_error_that_nobody_foresaw_is_answered_without_its_words(
    desk: ApiDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(request: Request) -> None:
        raise RuntimeError("SECRET words of somebody")

    desk.client.app.add_api_route("/breaks/{ref}", breaks)  # type: ignore[attr-defined]
    routes = desk.client.app.router.routes  # type: ignore[attr-defined]
    routes.insert(0, routes.pop())
    answer = desk.client.get("/breaks/X-1")
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")
    written = "".join(capsys.readouterr())
    assert "SECRET" not in answer.text + written
    assert "RuntimeError" in written


def test_healthz_and_readyz(desk: ApiDesk) -> None:
    assert desk.client.get("/healthz").text == "ok\n"
    stopped = desk.client.get("/readyz")
    assert (stopped.status_code, stopped.json()["why"][0]["code"]) == (503, "engine-late")
    desk.running.worker.beats.beat("tick")
    ready = desk.client.get("/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert isinstance(ready.json()["degraded"], list)
    desk.make_read_only()
    broken = desk.client.get("/readyz")
    assert (broken.status_code, broken.json()["why"][0]["code"]) == (503, "database-unavailable")


def test_metrics_count_by_route_and_name_nothing(desk: ApiDesk) -> None:
    ref = desk.submitted()
    desk.get(f"/cases/{ref}", desk.officer())
    text = desk.client.get("/metrics").text
    assert 'cna_cases{state="open"} 1.0' in text
    assert 'cna_http_requests_total{method="GET",route="/cases/{ref}",status="200"} 1.0' in text
    assert "cna_sendings" in text and "cna_log_unsealed" in text
    for private in (ref, "BAR TEST", "mrcc-xb", "duty-1", "+1555"):
        assert private not in text


def test_the_interface_describes_itself(desk: ApiDesk) -> None:
    told = desk.client.get(f"{API}/openapi.json").json()
    assert told["info"]["title"].startswith("EXERCISE") and told["info"]["version"]
    paths = told["paths"]
    for path in (
        "/submissions",
        "/cases/{ref}",
        "/cases/{ref}/exchanges/{n}/answers",
        "/rules",
        "/ledger/proof",
    ):
        assert f"{API}{path}" in paths, path
    submission = paths[f"{API}/submissions"]["post"]
    assert submission["requestBody"]["content"]["application/json"]["example"]["measures"]
    assert "example" in submission["responses"]["201"]["content"]["application/json"]
    answers = paths[f"{API}/cases/{{ref}}/exchanges/{{n}}/answers"]["post"]
    assert answers["requestBody"]["content"]["application/json"]["example"]["form"] == "oral"
    operations = [o for methods in paths.values() for o in methods.values()]
    assert all(o.get("summary") and o.get("tags") for o in operations)
    assert len({o["operationId"] for o in operations}) == len(operations)
    assert not any(p.startswith(("/console", "/callbacks")) for p in paths)
