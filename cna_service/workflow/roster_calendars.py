"""What the library of holidays knows, asked once per year of a calendar and kept in an entry.

Imported inside the functions: it is large, and a desk that names no country never needs it.
"""

from __future__ import annotations

from importlib import metadata

from cna_service.ledger.entry import Draft
from cna_service.workflow.projections import DUTY
from cna_service.workflow.work import Work


def is_known(calendar: str) -> bool:
    """Whether the library knows the country, and the subdivision if one is named."""
    import holidays

    country, _, part = calendar.partition("-")
    supported = holidays.list_supported_countries(include_aliases=True)
    return country in supported and (not part or part in supported[country])


def days_of(calendar: str, year: int) -> tuple[str, list[dict[str, str]]]:
    """(source, days) as the library has them, in English where it can."""
    import holidays

    country, _, part = calendar.partition("-")
    found = holidays.country_holidays(country, subdiv=part or None, years=year, language="en_US")
    days = [
        {"date": day.isoformat(), "name": str(name)}
        for day, name in sorted(found.items())
        if day.year == year
    ]
    return f"holidays {metadata.version('holidays')}", days


def load_year(work: Work, calendar: str, year: int) -> None:
    """Append the holidays of one year, as the library has them."""
    source, days = days_of(calendar, year)
    work.append(
        Draft("roster.holidays_set", {"calendar": calendar, "year": year, "days": days, "source": source}),
        DUTY,
    )
