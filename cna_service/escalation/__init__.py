"""Who is summoned next, and when: ladders, the state of each alert folded from entries, what a reply means, what a
summons says.

Answers for the climb of every alert, for its timers and for its words. Sends nothing, reads no clock and no
database, and does not know who has the watch (``duty``) or whose number is whose (``identity``): callers hand in
people, and append the drafts made here.
"""
