"""The interface as one router: everything under ``/api/v1``, and what stands at the root."""

from __future__ import annotations

from fastapi import APIRouter

from cna_service.api import (
    alert_acts,
    alerts,
    callbacks,
    callbacks_gateway,
    callbacks_voice,
    cases,
    contacts,
    delegations,
    directory,
    duty,
    duty_people,
    health,
    heartbeats,
    law,
    ledger,
    lookups,
    paper,
    papers,
    relief,
    sea,
    statistics,
    steps,
    submissions,
    tokens,
    waters,
)

PREFIX = "/api/v1"
PARTS = (
    submissions,
    contacts,
    paper,
    papers,
    cases,
    steps,
    sea,
    alert_acts,
    alerts,
    duty,
    duty_people,
    relief,
    delegations,
    lookups,
    waters,
    statistics,
    law,
    directory,
    ledger,
    tokens,
    heartbeats,
)

TAGS = [
    {"name": "submissions", "description": "A request arrives and is kept, whatever it holds."},
    {"name": "cases", "description": "The folded record of a case, its log, its files."},
    {"name": "facts", "description": "What was said, seen and found, each with source and time."},
    {"name": "exchanges", "description": "One formal ask and what came of it, step by step."},
    {"name": "deciding", "description": "Who may decide, second officers, our own agencies and chain."},
    {"name": "at sea", "description": "What units were told and did, and what is owed after it."},
    {
        "name": "papers",
        "description": "Certificates, chronologies, briefs, releases: made from entries alone.",
    },
    {"name": "register", "description": "The national register: candidates, never findings."},
    {
        "name": "rules",
        "description": "What applies between two States, and what of it this authority adopted.",
    },
    {"name": "directory", "description": "Authorities of other States and how they are reached."},
    {"name": "vessels", "description": "Identifiers checked against each other."},
    {"name": "alerts", "description": "Who was summoned, how, and what came of it."},
    {"name": "duty", "description": "Who has the watch."},
    {"name": "statistics", "description": "Counts and medians over all cases, for auditors and negotiators."},
    {"name": "ledger", "description": "The log's own interfaces."},
    {"name": "tokens", "description": "Short tokens for signed-in officers."},
    {"name": "health", "description": "Whether the desk works."},
]


def create_api() -> APIRouter:
    """Needs ``app.state.running`` and ``app.state.metrics``."""
    root = APIRouter()
    for part in PARTS:
        root.include_router(part.router, prefix=PREFIX)
    root.include_router(health.router)
    root.include_router(callbacks.router)
    root.include_router(callbacks_voice.router)
    root.include_router(callbacks_gateway.router)
    return root
