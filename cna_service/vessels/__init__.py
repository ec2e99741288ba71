"""Identifiers and their check rules, names, positions and quantities as told.

Answers for what can be said about a vessel's particulars without looking anything up: whether a number can be
right, which State a call sign or MMSI points to, how a name is compared, which point a typed position means.
Passing a check never means that a value is true.

Does not answer for which vessel it is (``registry``) nor for what somebody claimed (``cases``).
"""
