"""Derived rows of all streams as they are stored, to be held against fresh folds.

Answers for reading them whole; writing them is ``workflow.derived``'s, what they mean is the slices' own.
"""
