"""The case: its entry types, the fold entries -> CaseRecord, its clocks, what is missing, its search row.

Pure but for the search rows. Answers for what a case *is*; who may do what, in which order, is for ``workflow``.
"""
