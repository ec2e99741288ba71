"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cna_service.db import types
from cna_service.db.fences import forbid_updates, make_insert_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# As of this step; later steps fence their own tables.
_INSERT_ONLY = (
    "ledger_entry",
    "ledger_body",
    "ledger_leaf",
    "ledger_tile",
    "ledger_head",
    "ledger_checkpoint",
    "blob",
    "policy",
)


def upgrade() -> None:
    op.create_table(
        "alert_code",
        sa.Column("id", types.RowId, nullable=False),
        sa.Column("alert", sa.String(length=40), nullable=False),
        sa.Column("stream", sa.String(length=80), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("due_at", types.Instant, nullable=True),
        sa.Column("counts_against_us", sa.Boolean(), nullable=False),
        sa.Column("sent_at", types.Instant, nullable=False),
        sa.Column("ended_at", types.Instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_code")),
    )
    op.create_index("ix_alert_code_alert", "alert_code", ["alert", "officer"], unique=False)
    op.create_index("ix_alert_code_number", "alert_code", ["number", "ended_at"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("id", types.RowId, nullable=False),
        sa.Column("sending", sa.String(length=36), nullable=False),
        sa.Column("began_at", types.Instant, nullable=False),
        sa.Column("took_us", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("sid", sa.String(length=80), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_sending"), "attempt", ["sending"], unique=False)
    op.create_table(
        "blob",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blob")),
    )
    op.create_table(
        "case_key",
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("ref", "kind", "value", name=op.f("pk_case_key")),
    )
    op.create_index("ix_case_key_kind_value", "case_key", ["kind", "value"], unique=False)
    op.create_table(
        "case_row",
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("stream", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.Column("fold_version", sa.Integer(), nullable=False),
        sa.Column("opened_at", types.Instant, nullable=False),
        sa.Column("changed_at", types.Instant, nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("is_to_be_read", sa.Boolean(), nullable=False),
        sa.Column("next_due_at", types.Instant, nullable=True),
        sa.Column("next_due_kind", sa.String(length=20), nullable=True),
        sa.Column("direction", sa.String(length=10), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=True),
        sa.Column("vessel", sa.Text(), nullable=True),
        sa.Column("holder", sa.String(length=40), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_case_row")),
    )
    op.create_index("ix_case_row_board", "case_row", ["is_closed", "next_due_at"], unique=False)
    op.create_table(
        "credential",
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("totp_secret", sa.String(length=64), nullable=False),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("tokens_valid_after", types.Instant, nullable=False),
        sa.Column("set_at", types.Instant, nullable=False),
        sa.PrimaryKeyConstraint("officer", name=op.f("pk_credential")),
    )
    op.create_table(
        "idempotency",
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", types.Instant, nullable=False),
        sa.PrimaryKeyConstraint("subject", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("log", sa.String(length=120), nullable=False),
        sa.Column("size", types.RowId, autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_at", types.Instant, nullable=False),
        sa.PrimaryKeyConstraint("log", "size", name=op.f("pk_ledger_checkpoint")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("entry_id", types.RowId, nullable=False),
        sa.Column("log", sa.String(length=120), nullable=False),
        sa.Column("stream", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", types.Instant, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("log", "stream", "seq", name=op.f("uq_ledger_entry_log_stream_seq")),
    )
    op.create_index("ix_ledger_entry_stream_seq", "ledger_entry", ["stream", "seq"], unique=False)
    op.create_table(
        "ledger_head",
        sa.Column("log", sa.String(length=120), nullable=False),
        sa.Column("size", types.RowId, autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "size", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "ledger_tile",
        sa.Column("log", sa.String(length=120), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", types.RowId, autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "level", "n", name=op.f("pk_ledger_tile")),
    )
    op.create_table(
        "one_time_link",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("totp_secret", sa.String(length=64), nullable=False),
        sa.Column("expires_at", types.Instant, nullable=False),
        sa.Column("used_at", types.Instant, nullable=True),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_one_time_link")),
    )
    op.create_index("ix_one_time_link_officer", "one_time_link", ["officer"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("stream", sa.String(length=80), nullable=False),
        sa.Column("dedup", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("contact", sa.String(length=254), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("sid", sa.String(length=80), nullable=True),
        sa.Column("created_at", types.Instant, nullable=False),
        sa.Column("next_try_at", types.Instant, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", types.Instant, nullable=True),
        sa.Column("lease_by", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedup", name=op.f("uq_outbox_dedup")),
    )
    op.create_index("ix_outbox_sid", "outbox", ["sid"], unique=False)
    op.create_index("ix_outbox_state", "outbox", ["state", "priority", "created_at"], unique=False)
    op.create_index("ix_outbox_stream", "outbox", ["stream"], unique=False)
    op.create_table(
        "policy",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_policy")),
    )
    op.create_table(
        "provider_event",
        sa.Column("id", types.RowId, nullable=False),
        sa.Column("received_at", types.Instant, nullable=False),
        sa.Column("sid", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("token", sa.String(length=80), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_event")),
    )
    op.create_index("uq_provider_event_once", "provider_event", ["sid", "status", "token"], unique=True)
    op.create_table(
        "quarantine",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("received_at", types.Instant, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_index("ix_quarantine_received", "quarantine", ["received_at"], unique=False)
    op.create_index("ix_quarantine_source_received", "quarantine", ["source", "received_at"], unique=False)
    op.create_table(
        "register",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("layout", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register")),
    )
    op.create_table(
        "session",
        sa.Column("id_sha256", sa.String(length=64), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("created_at", types.Instant, nullable=False),
        sa.Column("last_seen_at", types.Instant, nullable=False),
        sa.Column("expires_at", types.Instant, nullable=False),
        sa.Column("totp_at", types.Instant, nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("form_secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id_sha256", name=op.f("pk_session")),
    )
    op.create_index("ix_session_expires_at", "session", ["expires_at"], unique=False)
    op.create_index("ix_session_officer", "session", ["officer"], unique=False)
    op.create_table(
        "sign_in_failure",
        sa.Column("id", types.RowId, nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", types.Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index("ix_sign_in_failure_account_at", "sign_in_failure", ["account", "at"], unique=False)
    op.create_index("ix_sign_in_failure_address_at", "sign_in_failure", ["address", "at"], unique=False)
    op.create_table(
        "stopped_number",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("at", types.Instant, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_stopped_number")),
    )
    op.create_table(
        "stream",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_leaf", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_stream")),
    )
    op.create_table(
        "timer",
        sa.Column("id", types.RowId, nullable=False),
        sa.Column("stream", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("due_at", types.Instant, nullable=False),
        sa.Column("wanted_at", types.Instant, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("stream", "kind", "subject", "n", name=op.f("uq_timer_stream_kind_subject_n")),
    )
    op.create_index("ix_timer_due_at", "timer", ["due_at"], unique=False)
    op.create_table(
        "token",
        sa.Column("jti", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("issued_at", types.Instant, nullable=False),
        sa.Column("expires_at", types.Instant, nullable=False),
        sa.Column("revoked_at", types.Instant, nullable=True),
        sa.Column("last_used_at", types.Instant, nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_token")),
    )
    op.create_index("ix_token_subject", "token", ["subject"], unique=False)
    op.create_table(
        "wrong_code",
        sa.Column("id", types.RowId, nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("at", types.Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_code")),
    )
    op.create_index("ix_wrong_code_number_at", "wrong_code", ["number", "at"], unique=False)
    op.create_table(
        "ledger_body",
        sa.Column("entry_id", types.RowId, autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.entry_id"], name=op.f("fk_ledger_body_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ledger_body")),
    )
    op.create_table(
        "ledger_disclosure",
        sa.Column("entry_id", types.RowId, autoincrement=False, nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("disclosure", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.entry_id"], name=op.f("fk_ledger_disclosure_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "path", name=op.f("pk_ledger_disclosure")),
    )
    op.create_table(
        "ledger_leaf",
        sa.Column("log", sa.String(length=120), nullable=False),
        sa.Column("idx", types.RowId, autoincrement=False, nullable=False),
        sa.Column("entry_id", types.RowId, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.entry_id"], name=op.f("fk_ledger_leaf_entry_id")
        ),
        sa.PrimaryKeyConstraint("log", "idx", name=op.f("pk_ledger_leaf")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_ledger_leaf_entry_id")),
    )
    op.create_table(
        "ledger_pending",
        sa.Column("entry_id", types.RowId, autoincrement=False, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.entry_id"], name=op.f("fk_ledger_pending_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ledger_pending")),
    )
    op.create_table(
        "register_version",
        sa.Column("id", types.RowId, autoincrement=True, nullable=False),
        sa.Column("register", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("imported_at", types.Instant, nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rejects", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["register"], ["register.id"], name=op.f("fk_register_version_register")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_version")),
        sa.UniqueConstraint("register", "number", name=op.f("uq_register_version_register_number")),
    )
    op.create_table(
        "register_reject",
        sa.Column("version", types.RowId, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["register_version.id"], name=op.f("fk_register_reject_version")
        ),
        sa.PrimaryKeyConstraint("version", "line", name=op.f("pk_register_reject")),
    )
    op.create_table(
        "register_vessel",
        sa.Column("version", types.RowId, nullable=False),
        sa.Column("rid", sa.String(length=500), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("former_names", sa.Text(), nullable=False),
        sa.Column("flag", sa.Text(), nullable=False),
        sa.Column("imo", sa.Text(), nullable=False),
        sa.Column("mmsi", sa.Text(), nullable=False),
        sa.Column("call_sign", sa.Text(), nullable=False),
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("hull_mark", sa.Text(), nullable=False),
        sa.Column("fleet_number", sa.Text(), nullable=False),
        sa.Column("hin", sa.Text(), nullable=False),
        sa.Column("homeport", sa.Text(), nullable=False),
        sa.Column("length_m", sa.Text(), nullable=False),
        sa.Column("gross_tonnage", sa.Text(), nullable=False),
        sa.Column("vessel_type", sa.Text(), nullable=False),
        sa.Column("built", sa.Text(), nullable=False),
        sa.Column("rest", sa.Text(), nullable=False),
        sa.Column("name_forms", sa.Text(), nullable=False),
        sa.Column("imo_key", sa.String(length=100), nullable=True),
        sa.Column("mmsi_key", sa.String(length=100), nullable=True),
        sa.Column("call_sign_key", sa.String(length=100), nullable=True),
        sa.Column("registration_number_key", sa.String(length=100), nullable=True),
        sa.Column("hull_mark_key", sa.String(length=100), nullable=True),
        sa.Column("fleet_number_key", sa.String(length=100), nullable=True),
        sa.Column("hin_key", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["version"], ["register_version.id"], name=op.f("fk_register_vessel_version")
        ),
        sa.PrimaryKeyConstraint("version", "rid", name=op.f("pk_register_vessel")),
    )
    op.create_index(
        op.f("ix_register_vessel_version_call_sign_key"),
        "register_vessel",
        ["version", "call_sign_key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_register_vessel_version_fleet_number_key"),
        "register_vessel",
        ["version", "fleet_number_key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_register_vessel_version_hin_key"), "register_vessel", ["version", "hin_key"], unique=False
    )
    op.create_index(
        op.f("ix_register_vessel_version_hull_mark_key"),
        "register_vessel",
        ["version", "hull_mark_key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_register_vessel_version_imo_key"), "register_vessel", ["version", "imo_key"], unique=False
    )
    op.create_index(
        op.f("ix_register_vessel_version_mmsi_key"), "register_vessel", ["version", "mmsi_key"], unique=False
    )
    op.create_index(
        op.f("ix_register_vessel_version_registration_number_key"),
        "register_vessel",
        ["version", "registration_number_key"],
        unique=False,
    )
    make_insert_only(op.get_bind(), _INSERT_ONLY)
    forbid_updates(op.get_bind(), "ledger_disclosure")
