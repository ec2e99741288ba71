"""What the interface keeps and reads beside the record: strangers' messages, places in the tree, numbers for metrics.

Answers for the rows; what is done with them is said by ``workflow.quarantine`` and ``workflow.inbound``.
"""
