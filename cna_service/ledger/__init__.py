"""The log: entries in streams, private commitments, the RFC 6962 tree over them, signed checkpoints, verification.

Knows streams, not cases: what an entry means is for the slice that declared its type. A slice above hands in
drafts and reads entries back; nobody else writes the tables of this one.
"""
