"""The words a submission can use. What is not among them is kept as told, marked, and answered in words."""

from __future__ import annotations

from cna_service.agreements import measures

MEASURES = frozenset(measures.MEASURES)
OFFENCES = frozenset(measures.OFFENCES)
ZONES = frozenset(measures.ZONES)

# The three that a statute counts (46 U.S.C. 70502(e)) and how else nationality is shown.
HOW_CLAIMED = frozenset(
    {"papers produced", "flag flown", "verbal claim", "name or port on stern", "marks of registry", "other"}
)
