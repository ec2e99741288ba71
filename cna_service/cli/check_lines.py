"""Whether the lines to the outside are whole: a gateway's file and secrets, a modem's folders, enabled countries."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cna_service.alerts.countries import Countries, CountriesUnreadable, region_of
from cna_service.alerts.gateway_file import GatewayUnreadable, read_gateway
from cna_service.alerts.modem_channel import FOLDERS
from cna_service.bootstrap import config_folder, countries_in
from cna_service.cli.deployment import Settings
from cna_service.cli.remarks import Remark, remark, well, wrong
from cna_service.identity.officers import Officers

_MOST = 8


def of_lines(settings: Settings) -> Iterator[Remark]:
    """What the settings say of gateway, modem and tokens."""
    kinds = {settings.telephony, settings.spare}
    if settings.telephony in ("gateway", "modem"):
        words = (
            f"by {settings.telephony}: SMS alone, no calls. Officers who sleep through an SMS are not woken."
        )
        yield remark("telephony", words)
    if "gateway" in kinds:
        yield from _gateway(settings)
    if "modem" in kinds:
        yield from _modem(settings)
    if settings.twilio_token_old.get_secret_value() or settings.spare_twilio_token_old.get_secret_value():
        words = "a token from before the rotation still counts for callbacks: take it out once the new one is primary."
        yield remark("telephony", words)


def _gateway(settings: Settings) -> Iterator[Remark]:
    if settings.gateway is None:
        return
    try:
        plan = read_gateway(settings.gateway.read_text(encoding="utf-8"), file=settings.gateway.name)
    except (OSError, UnicodeDecodeError) as error:
        yield wrong("gateway", f"{settings.gateway} cannot be read: {error}")
        return
    except GatewayUnreadable as error:
        yield wrong("gateway", error.detail)
        return
    yield well("gateway", f"{plan.name}, described in {settings.gateway}")
    if plan.callback is None:
        words = "it calls nobody back: no delivery report comes, and every SMS leads to the next contact after a while."
        yield remark("gateway", words)
    elif not settings.gateway_secret.get_secret_value():
        words = "CNA_GATEWAY_SECRET is not set: none of its callbacks is believed."
        yield wrong("gateway", words)
    if plan.takes_replies and (plan.callback is None or not plan.callback.text):
        words = "takes_replies is true, and [callback] says nothing of texts: replies would be asked for and lost."
        yield wrong("gateway", words)


def _modem(settings: Settings) -> Iterator[Remark]:
    if settings.modem_folder is None:
        return
    missing = [name for name in FOLDERS if not (settings.modem_folder / name).is_dir()]
    if missing:
        listed = ", ".join(missing)
        yield wrong(
            "modem", f"{settings.modem_folder} has no folder {listed}: make it, owned by the desk and gammu."
        )
    else:
        yield well("modem", f"gammu-smsd in {settings.modem_folder}")
    if settings.modem_paid_until is None:
        words = "CNA_MODEM_PAID_UNTIL is not set: nobody is told before a prepaid card expires."
        yield remark("modem", words)


def for_officers(settings: Settings) -> Callable[[Officers], Iterator[Remark]]:
    """What is to be asked of the officers once they are read."""

    def ask(officers: Officers) -> Iterator[Remark]:
        try:
            countries = countries_in(config_folder(settings))
        except (CountriesUnreadable, OSError, UnicodeDecodeError) as error:
            yield wrong("countries", str(error))
            return
        yield from of_countries(settings, countries, officers)

    return ask


def of_countries(settings: Settings, countries: Countries, officers: Officers) -> Iterator[Remark]:
    """Countries of officers' numbers: what must be enabled at the provider, and what is known of SMS there."""
    numbers = [c.value for o in officers.all() if o.is_enabled for c in o.book.contacts if c.value]
    regions = sorted({code for number in numbers if (code := region_of(number)) is not None})
    home = region_of(settings.twilio_from) if settings.has_twilio else None
    abroad = [code for code in regions if code != home]
    if settings.has_twilio and abroad:
        words = f"officers' numbers are of {', '.join(abroad[:_MOST])}: enable SMS and calls to there at the provider"
        yield remark("countries", f"{words} (geographic permissions); as delivered only the home country is.")
    for code in regions:
        country = countries.by_code.get(code)
        for note in country.notes if country is not None else ():
            yield remark("countries", f"{country.name if country else code}: {note}")
