"""The training simulator and acceptance harness: case time that can be held and moved, a telephone company and a
mailbox of its own, seeds, and the calls under ``/simulation``.

Answers for everything that exists in an exercise only. Does not answer for what the desk does in one: that is the
same code as at night. Imported by ``bootstrap`` in exercise mode, and by tests.
"""
