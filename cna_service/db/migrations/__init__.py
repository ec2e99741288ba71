"""The schema, step by step. Migrations only add (desk-rules 12.3): the release before runs on the one after."""
