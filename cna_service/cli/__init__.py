"""The command ``cna``: reads arguments, calls verbs and reads, prints words or JSON, ends with an exit status.

Decides nothing. ``parser`` imports no more than the standard library, so that ``cna --help`` is at once there; each
other module holds the commands of one group.
"""
