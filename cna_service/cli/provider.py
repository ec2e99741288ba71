"""``cna provider``: which telephone company carries, changing that by hand, proving the spare, a webhook's secret."""

from __future__ import annotations

from argparse import Namespace

from cna_service.alerts.provider_rules import WORDS
from cna_service.alerts.webhook_channel import secret_of
from cna_service.cli.deployment import SECRETS, open_desk, settings_of, whoever_asks
from cna_service.cli.shown import instant, show
from cna_service.identity import secrets_file
from cna_service.kit.instants import to_text
from cna_service.workflow.line_switch import use_line
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.provider_proof import prove_spare
from cna_service.workflow.provider_state import LineView, providers_view


def status(asked: Namespace) -> int:
    """Exit 1 where there is no line, or something is wrong with one."""
    with open_desk(asked) as running:
        view = providers_view(running.service, running.outside)
    told = {
        "lines": [_as_json(line) for line in view.lines],
        "carries_since": None if view.carries_since is None else to_text(view.carries_since),
        "why": view.why,
        "one_provider_only": view.is_one_only,
    }
    words = [each for line in view.lines for each in _words(line)] or ["No telephone company is set up."]
    if view.is_one_only:
        words.append("ONE PROVIDER ONLY: no spare took a message within 30 days.")
    show(asked, told, words)
    return 1 if not view.lines or any(line.troubles for line in view.lines) else 0


def use(asked: Namespace) -> int:
    with open_desk(asked) as running:
        service = running.service
        with service.read() as reader:
            officer = reader.stream(DESK).of(OFFICERS).find(asked.by)
        actor = officer.actor(service.clock.now(), signed_in=whoever_asks().signed_in)
        use_line(service, running.outside, actor, asked.name)
    show(asked, {"carries": asked.name}, [f"{asked.name} carries from here on."])
    return 0


def prove(asked: Namespace) -> int:
    """Exit 1 where there is no spare, or no administrator with a telephone."""
    with open_desk(asked) as running:
        is_asked = prove_spare(running.service, running.outside, now_please=True)
    words = "Asked for: an SMS to an administrator by the spare, once the desk runs."
    show(
        asked, {"asked": is_asked}, [words if is_asked else "No spare, or no administrator with a telephone."]
    )
    return 0 if is_asked else 1


def webhook_secret(asked: Namespace) -> int:
    """Raises SecretUnusable."""
    folder = settings_of(asked).data / SECRETS
    found = secret_of(secrets_file.webhook_key(folder), asked.url)
    show(asked, {"url": asked.url, "secret": found}, [found])
    return 0


def _as_json(line: LineView) -> dict[str, object]:
    return {
        "name": line.name,
        "is_spare": line.is_spare,
        "carries": line.carries,
        "has_voice": line.has_voice,
        "last_message": None if line.proved_at is None else to_text(line.proved_at),
        "looked_at": None if line.checked_at is None else to_text(line.checked_at),
        "active": line.is_active,
        "balance": line.facts.get("balance"),
        "currency": line.facts.get("currency"),
        "troubles": list(line.troubles),
    }


def _words(line: LineView) -> list[str]:
    place = "spare" if line.is_spare else "first"
    does = "CARRIES" if line.carries else "waits"
    last = (
        "never took a message" if line.proved_at is None else f"last took a message {instant(line.proved_at)}"
    )
    balance = line.facts.get("balance")
    more = f", balance {balance} {line.facts.get('currency') or ''}".rstrip() if balance else ""
    return [f"{line.name} ({place}): {does}, {last}{more}", *(f"  {WORDS[code]}" for code in line.troubles)]
