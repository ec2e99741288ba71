"""Whose waters a position lies in: limits of the territorial sea as shipped or imported, the coast, and the distances
to both with their uncertainty.

Answers for what maps say of a point: inside, possibly inside, outside, or not known. An estimate is called one.

Does not answer for what a typed position means (``vessels``), for what an agreement applies to (``agreements``), nor
for where a boundary in dispute runs.
"""
