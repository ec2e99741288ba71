"""The desk's card for an officer's telephone: every number it may call or text from, the spare's included, so that the
telephone can be told to let it through at night (desk-rules 3.6)."""

from __future__ import annotations

from cna_service.workflow.desk import Desk

FILE_NAME = "duty-desk.vcf"


def card_name(desk: Desk) -> str:
    return f"EXERCISE {desk.name}" if desk.is_exercise else desk.name


def card(desk: Desk) -> str:
    """As vCard 3.0, which telephones of every make take in."""
    from segno import helpers

    name = card_name(desk)
    made = helpers.make_vcard_data(f"{name};", name, phone=list(desk.calls_from) or None, org=desk.name)
    return str(made)


def card_picture(desk: Desk) -> str:
    """The same as a picture to be read by a telephone's camera: a data URI of an SVG."""
    import segno

    return str(segno.make(card(desk), error="m").svg_data_uri(scale=4, border=4))
