"""The words and pages that leave the desk: written answers as mail and PDF, the script of an oral answer, receipts,
acknowledgements, extensions and what we ask of others.

Answers for saying exactly what it is given, nothing missing and nothing added. Does not read cases, decide,
send, or choose what a reader may see: a workflow fills the shapes of :mod:`cna_service.documents.model`.
"""
