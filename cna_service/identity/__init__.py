"""Who our officers are, how they sign in, and what each may do.

Answers for: actors as entries name them, the one permission table, officers folded from the ``desk`` stream,
passwords, one-time codes, sessions, one-time links, tokens of authorities and officers, and the desk's own
secret files. Does not answer for: who has the watch (duty), which delegation confers a decision (workflow),
which case a caller may see (cases), or the directory of other States' authorities (directory).
"""
