"""The national register: import with history, exact look-up by every identifier, ranked search with reasons.

Answers for which registered vessels a request may mean, with a score and what fits and does not fit in words.
Nothing here is "found": the register offers candidates, a named officer gives the verdict (``cases``).

Does not answer for nationality, for claims, nor for what the desk tells anybody.
"""
