"""What arrives, by each way in, read into a draft; pure and total: bytes give a draft and problems, never an error.

Keeping what arrived and opening the case is ``workflow.receive``'s.
"""
