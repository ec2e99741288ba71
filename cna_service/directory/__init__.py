"""The authorities of other States and how to reach them, dated: who may be asked for what, on which number.

Answers for the list that an officer calls from. Does not answer for what an authority said (cases), for
whether its State takes part in an agreement (agreements), or for tokens (identity).
"""
