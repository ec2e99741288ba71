"""The standing procedure: one verb per module, one transaction each, and ``Service.write`` that all of them use.

Endpoints, pages, the command line and the worker call verbs; nobody else appends an entry.
"""
