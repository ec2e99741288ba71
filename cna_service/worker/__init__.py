"""The threads: ticking, sending, sequencing, housekeeping. Each has an owner here and a heartbeat in the watchdog.

Decides nothing; calls verbs of ``workflow``. One process runs each of them once; on PostgreSQL any number of nodes
may, and none leads.
"""
