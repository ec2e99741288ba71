"""Who has the watch at an instant: rosters and overrides folded from the stream ``duty``, gaps, calendars.

One function, ``rules.who_has_the_watch``, answers for screens, calendars, the API and the climb of an alert alike.
Does not know how an officer is reached, who is summoned when nobody is on watch, or how a watch is relieved.
"""
