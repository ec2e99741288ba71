"""The console: what an officer woken at three in the morning looks at, on a phone and on a desk.

Answers for pages, forms, and the words on them. It decides nothing, computes no rule, and never touches the
database: it reads through ``workflow`` views and acts through ``workflow`` verbs. Every page works without
JavaScript; what JavaScript adds is polling, a ticking clock, and the warning that the connection is lost.
"""
