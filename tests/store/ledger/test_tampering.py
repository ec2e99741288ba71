"""Whatever is changed behind the service's back, verification says 1 and names the first difference."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cna_service.db.database import Database
from cna_service.ledger import checkpoint
from cna_service.ledger.checkpoint import Checkpoint
from cna_service.ledger.keys import Ed25519Signer
from cna_service.ledger.tree import Frontier, leaf_hash
from cna_service.ledger.verify_report import Report
from tests.store.ledger.logbook import LOG, LogBook

A, B = "case:A", "case:B"


@pytest.fixture
def sealed(database_url: str) -> Iterator[LogBook]:
    """Two cases, eight entries, sealed one by one: index 0 A1, 1 B1, 2 A2, 3 B2, 4 A3, 5 B3, 6 A4 (file), 7 B4."""
    database = Database(database_url)
    book = LogBook(database).begin()
    book.open(A, B)
    for _ in range(3):
        book.add(A, {"n": 1, "words": "first\n\nsecond", "by": {"name": "Ann"}})
        book.seal()
        book.add(B)
        book.seal()
    book.add_file(A, b"the words as they came")
    book.seal()
    book.cite(B, "the text of the rule")
    book.seal()
    yield book
    database.close()


def said(report: Report) -> tuple[int, str, str | None, int | None, int | None]:
    assert report.first is not None, report.words()
    first = report.first
    return report.exit_code, first.kind, first.stream, first.seq, first.index


def kinds(report: Report) -> list[str]:
    return [finding.kind for finding in report.findings]


def test_an_untouched_log_is_sound(sealed: LogBook) -> None:
    report = sealed.verify(row_check=lambda _: [], now=sealed.now)
    assert (report.exit_code, report.findings, report.undecided, report.warnings) == (0, (), (), ())
    assert (report.entries, report.size, report.checkpoints, report.signed_size) == (8, 8, 8, 8)
    assert (report.streams, report.blobs, report.policies, report.erased, report.pending) == (2, 1, 1, 0, 0)
    assert report.disclosures == 3 * 3 + 1
    assert report.words()[0].startswith("Sound")


def test_a_changed_body_byte_is_named(sealed: LogBook) -> None:
    body = sealed.value("SELECT body FROM ledger_body WHERE entry_id = :id", id=sealed.entry_id(A, 2))
    changed = bytes(body).replace(b'"n":1', b'"n":2')
    sealed.as_owner(
        "UPDATE ledger_body SET body = :body WHERE entry_id = :id", body=changed, id=sealed.entry_id(A, 2)
    )
    report = sealed.verify()
    assert said(report) == (1, "body", A, 2, 2)
    assert kinds(report) == ["body"]


def test_a_body_that_is_no_entry_any_more_is_named(sealed: LogBook) -> None:
    sealed.as_owner(
        "UPDATE ledger_body SET body = :body WHERE entry_id = :id", body=b"[1]", id=sealed.entry_id(B, 1)
    )
    report = sealed.verify()
    assert said(report) == (1, "body", B, 1, 1)
    assert "form" in kinds(report)


def test_a_body_that_is_gone_is_named(sealed: LogBook) -> None:
    sealed.as_owner("DELETE FROM ledger_body WHERE entry_id = :id", id=sealed.entry_id(B, 2))
    assert said(sealed.verify()) == (1, "body", B, 2, 3)


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_leaf"])
def test_a_changed_leaf_is_named(sealed: LogBook, table: str) -> None:
    sealed.as_owner(
        f"UPDATE {table} SET leaf = :leaf WHERE entry_id = :id", leaf=bytes(32), id=sealed.entry_id(B, 2)
    )
    report = sealed.verify()
    assert said(report) == (1, "leaf", B, 2, 3)
    assert kinds(report) == ["leaf"]


def test_an_entry_rewritten_with_all_its_leaves_is_named(sealed: LogBook) -> None:
    """The hash of the new bytes in every column and in the next entry's stream: only the signed roots know."""
    body = sealed.value("SELECT body FROM ledger_body WHERE entry_id = :id", id=sealed.entry_id(B, 4))
    changed = bytes(body).replace(b"rule.cited", b"rule.xited")
    leaf = leaf_hash(changed)
    sealed.as_owner(
        "UPDATE ledger_body SET body = :body WHERE entry_id = :id",
        "UPDATE ledger_entry SET leaf = :leaf, type = 'rule.xited' WHERE entry_id = :id",
        "UPDATE ledger_leaf SET leaf = :leaf WHERE entry_id = :id",
        "UPDATE stream SET head_leaf = :leaf WHERE name = 'case:B'",
        body=changed,
        leaf=leaf,
        id=sealed.entry_id(B, 4),
    )
    report = sealed.verify()
    assert report.exit_code == 1
    assert kinds(report) == ["root"]
    assert report.first is not None
    assert (report.first.stream, report.first.seq, report.first.index) == (B, 4, 7)


def test_a_root_recomputed_over_changed_entries_is_found_by_the_signature(sealed: LogBook) -> None:
    rows = "SELECT leaf FROM ledger_leaf WHERE idx = "
    leaves = [bytes(sealed.value(f"{rows}{n}")) for n in range(8)]
    body = sealed.value("SELECT body FROM ledger_body WHERE entry_id = :id", id=sealed.entry_id(B, 4))
    changed = bytes(body).replace(b"u-1", b"u-2")
    frontier = Frontier().extend([*leaves[:7], leaf_hash(changed)])
    sealed.as_owner(
        "UPDATE ledger_body SET body = :body WHERE entry_id = :id",
        "UPDATE ledger_entry SET leaf = :leaf WHERE entry_id = :id",
        "UPDATE ledger_leaf SET leaf = :leaf WHERE entry_id = :id",
        "UPDATE stream SET head_leaf = :leaf WHERE name = 'case:B'",
        "UPDATE ledger_head SET root = :root, frontier = :frontier WHERE size = 8",
        body=changed,
        leaf=leaf_hash(changed),
        root=frontier.root,
        frontier=frontier.to_bytes(),
        id=sealed.entry_id(B, 4),
    )
    report = sealed.verify()
    assert (report.exit_code, kinds(report)) == (1, ["root"])
    assert report.first is not None
    assert (report.first.index, report.first.stream, report.first.seq) == (7, B, 4)
    assert "signed root" in report.first.why


def test_two_entries_of_one_stream_in_swapped_order_are_named(sealed: LogBook) -> None:
    swap(sealed, 2, 4)
    report = sealed.verify()
    assert said(report) == (1, "order", A, 2, 2)
    assert "root" in kinds(report)


def test_two_entries_of_two_streams_in_swapped_order_are_named(sealed: LogBook) -> None:
    swap(sealed, 2, 3)
    report = sealed.verify()
    assert said(report) == (1, "root", B, 2, 2)
    assert kinds(report) == ["root"]


def swap(sealed: LogBook, one: int, two: int) -> None:
    """Exchange what stands at two indexes, entry and leaf."""
    sealed.as_owner(
        f"UPDATE ledger_leaf SET idx = -1 WHERE idx = {one}",
        f"UPDATE ledger_leaf SET idx = {one} WHERE idx = {two}",
        f"UPDATE ledger_leaf SET idx = {two} WHERE idx = -1",
    )


def test_a_changed_search_row_is_named(sealed: LogBook) -> None:
    rows = {A: "board", B: "search"}
    fold = {A: "board", B: "seize"}
    check = lambda stream: [] if rows[stream] == fold[stream] else ["measure: row says search, fold seize"]
    report = sealed.verify(row_check=check)
    assert said(report) == (1, "row", B, 4, 7)
    assert "row says search" in report.words()[1]


def test_a_fold_that_raises_is_a_difference_of_its_stream(sealed: LogBook) -> None:
    def check(stream: str) -> list[str]:
        raise KeyError("body")

    assert said(sealed.verify(row_check=check)) == (1, "row", A, 4, 6)


def test_a_cut_tail_is_named(sealed: LogBook) -> None:
    """The newest two entries with everything of theirs; the checkpoint still knows."""
    cut(sealed, streams=False, heads=False)
    report = sealed.verify()
    assert said(report) == (1, "tail", A, 4, 6)
    assert any("sealed with 8 entries and has 6" in finding.why for finding in report.findings)


def test_a_cut_tail_is_found_by_the_checkpoint_alone(sealed: LogBook) -> None:
    cut(sealed, streams=True, heads=True)
    report = sealed.verify()
    assert said(report) == (1, "tail", None, None, 6)
    assert kinds(report) == ["tail"]


def cut(sealed: LogBook, *, streams: bool, heads: bool) -> None:
    gone = f"({sealed.entry_id(A, 4)}, {sealed.entry_id(B, 4)})"
    tables = ("ledger_disclosure", "ledger_body", "ledger_leaf", "ledger_entry")
    statements = [f"DELETE FROM {table} WHERE entry_id IN {gone}" for table in tables]
    if streams:
        leaf = "(SELECT leaf FROM ledger_entry e WHERE e.stream = stream.name AND e.seq = 3)"
        statements.append(f"UPDATE stream SET head_seq = 3, head_leaf = {leaf}")
    if heads:
        statements.append("DELETE FROM ledger_head WHERE size > 6")
    sealed.as_owner(*statements)


def test_an_entry_taken_from_the_middle_is_named(sealed: LogBook) -> None:
    gone = sealed.entry_id(B, 2)
    tables = ("ledger_body", "ledger_leaf", "ledger_entry")
    sealed.as_owner(*(f"DELETE FROM {table} WHERE entry_id = {gone}" for table in tables))
    report = sealed.verify()
    assert said(report) == (1, "index", None, None, 3)
    assert (report.findings[1].kind, report.findings[1].stream, report.findings[1].seq) == ("order", B, 2)


def test_an_index_without_its_entry_is_named(sealed: LogBook) -> None:
    gone = sealed.entry_id(B, 2)
    sealed.as_owner(
        *(f"DELETE FROM {table} WHERE entry_id = {gone}" for table in ("ledger_body", "ledger_entry"))
    )
    assert said(sealed.verify()) == (1, "missing", None, None, 3)


def test_an_entry_that_lost_its_index_is_named(sealed: LogBook) -> None:
    sealed.as_owner("DELETE FROM ledger_leaf WHERE idx = 7")
    report = sealed.verify()
    assert report.exit_code == 1
    assert {("unplaced", B, 4, None), ("tail", None, None, 7)} <= {
        (f.kind, f.stream, f.seq, f.index) for f in report.findings
    }


def test_an_entry_hidden_under_another_log_is_named(sealed: LogBook) -> None:
    sealed.as_owner("UPDATE ledger_leaf SET log = 'other' WHERE idx = 7")
    assert said(sealed.verify())[0] == 1


def test_rule_9_1_an_erased_private_value_is_no_difference(sealed: LogBook) -> None:
    sealed.erase(A, 1, path="/body/words")
    report = sealed.verify()
    assert (report.exit_code, report.erased, report.disclosures) == (0, 2, 8)


def test_a_changed_private_value_is_named(sealed: LogBook) -> None:
    sealed.as_owner(
        "UPDATE ledger_disclosure SET disclosure = replace(disclosure, 'Ann', 'Bob') WHERE entry_id = :id",
        id=sealed.entry_id(A, 3),
    )
    report = sealed.verify()
    assert said(report) == (1, "disclosure", A, 3, 4)
    assert "/body/by/name" in report.findings[0].why
    assert "Bob" not in " ".join(report.words())


def test_a_private_value_that_no_entry_committed_to_is_named(sealed: LogBook) -> None:
    sealed.as_owner(
        "INSERT INTO ledger_disclosure (entry_id, path, disclosure) VALUES (:id, '/body/x', '[1]')",
        id=sealed.entry_id(B, 2),
    )
    assert said(sealed.verify()) == (1, "disclosure", B, 2, 3)


def test_rule_8_4_a_missing_attachment_is_named(sealed: LogBook) -> None:
    sealed.as_owner("DELETE FROM blob")
    report = sealed.verify()
    assert said(report) == (1, "blob", A, 4, 6)
    assert "is missing" in report.findings[0].why


@pytest.mark.parametrize("content", [b"the words as they did not come", b"THE WORDS AS THEY CAME"])
def test_rule_8_4_a_changed_attachment_is_named(sealed: LogBook, content: bytes) -> None:
    sealed.as_owner("UPDATE blob SET bytes = :content, size = :size", content=content, size=len(content))
    assert said(sealed.verify()) == (1, "blob", A, 4, 6)


def test_rule_8_4_an_attachment_cut_short_is_named(sealed: LogBook) -> None:
    sealed.as_owner("UPDATE blob SET bytes = :content", content=b"the words")
    assert said(sealed.verify()) == (1, "blob", A, 4, 6)


def test_rule_8_1_verify_fails_when_a_cited_text_is_missing(sealed: LogBook) -> None:
    sealed.as_owner("DELETE FROM policy")
    report = sealed.verify()
    assert said(report) == (1, "policy", B, 4, 7)
    assert report.policies == 0


def test_rule_8_1_verify_fails_when_a_cited_text_was_changed(sealed: LogBook) -> None:
    sealed.as_owner("UPDATE policy SET text = 'another rule'")
    report = sealed.verify()
    assert said(report) == (1, "policy", B, 4, 7)
    assert "policy_text" in kinds(report)


def test_a_checkpoint_signed_with_another_key_is_named(sealed: LogBook) -> None:
    root = sealed.value("SELECT root FROM ledger_head WHERE size = 5")
    note = checkpoint.sign(Checkpoint(LOG, 5, bytes(root)), [Ed25519Signer(LOG, b"\x07" * 32)])
    sealed.as_owner("UPDATE ledger_checkpoint SET note = :note WHERE size = 5", note=note)
    report = sealed.verify()
    assert said(report) == (1, "checkpoint", A, 3, 4)
    assert report.undecided == ()


def test_a_signature_that_does_not_fit_is_named(sealed: LogBook) -> None:
    sealed.as_owner(
        "UPDATE ledger_checkpoint SET note = (SELECT c.note FROM ledger_checkpoint c WHERE c.size = 4) WHERE size = 5"
    )
    assert said(sealed.verify()) == (1, "checkpoint", A, 3, 4)


def test_a_changed_head_is_named(sealed: LogBook) -> None:
    sealed.as_owner("UPDATE ledger_head SET root = :root WHERE size = 5", root=bytes(32))
    assert said(sealed.verify()) == (1, "head", A, 3, 4)


def test_a_changed_frontier_is_named(sealed: LogBook) -> None:
    sealed.as_owner(
        "UPDATE ledger_head SET frontier = (SELECT h.frontier FROM ledger_head h WHERE h.size = 4) WHERE size = 5"
    )
    assert said(sealed.verify()) == (1, "head", A, 3, 4)


def test_a_changed_stream_head_is_named(sealed: LogBook) -> None:
    sealed.as_owner("UPDATE stream SET head_leaf = :leaf WHERE name = 'case:A'", leaf=bytes(32))
    assert said(sealed.verify()) == (1, "stream", A, 4, 6)


def test_a_stream_head_that_is_behind_is_named(sealed: LogBook) -> None:
    sealed.as_owner("UPDATE stream SET head_seq = 2 WHERE name = 'case:A'")
    assert said(sealed.verify()) == (1, "stream", A, 4, 6)


def test_a_stream_whose_row_is_gone_is_named(sealed: LogBook) -> None:
    sealed.as_owner("DELETE FROM stream WHERE name = 'case:A'")
    assert said(sealed.verify()) == (1, "stream", A, 4, 6)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("recorded_at", "2020-01-01T00:00:00.000000Z"),
        ("type", "note.addled"),
        ("stream", "case:C"),
        ("seq", 9),
        ("log", "another.example/log"),
    ],
)
def test_a_changed_column_is_named(sealed: LogBook, column: str, value: object) -> None:
    sealed.as_owner(
        f"UPDATE ledger_entry SET {column} = :value WHERE entry_id = :id",
        value=value,
        id=sealed.entry_id(B, 3),
    )
    report = sealed.verify()
    assert said(report) == (1, "column", B, 3, 5)
    assert f"the column {column} says" in report.findings[0].why


def test_rows_of_an_entry_that_is_gone_are_named(sealed: LogBook) -> None:
    sealed.as_owner("INSERT INTO ledger_body (entry_id, body) VALUES (4711, :body)", body=b"{}")
    report = sealed.verify()
    assert (report.exit_code, kinds(report)) == (1, ["orphan"])


def test_a_row_that_waits_and_has_an_index_is_named(sealed: LogBook) -> None:
    sealed.as_owner(
        "INSERT INTO ledger_pending (entry_id, leaf) SELECT entry_id, leaf FROM ledger_leaf WHERE idx = 1"
    )
    report = sealed.verify()
    assert (report.exit_code, kinds(report)) == (1, ["pending"])


def test_an_attachment_whose_digest_was_erased_is_checked_by_its_size(sealed: LogBook) -> None:
    sealed.erase(A, 4)
    sealed.as_owner("UPDATE blob SET bytes = :content", content=b"THE WORDS AS THEY CAME")
    assert sealed.verify().exit_code == 0
    sealed.as_owner("UPDATE blob SET bytes = :content, size = 9", content=b"the words")
    assert said(sealed.verify()) == (1, "blob", A, 4, 6)
