"""The JSON interface for authorities and connected systems, the telephone company's callbacks, health and metrics.

Answers for reading a call, knowing its caller, and saying what came of it: problems after RFC 9457, idempotency, what
a partner may see. What a call *does* is a verb of ``workflow``; nothing here touches the database.
"""
