"""Words every slice needs and no business knows: clock, errors, identifiers, canonical JSON, told values.

Answers for nothing of the desk; imports the standard library only.
"""
