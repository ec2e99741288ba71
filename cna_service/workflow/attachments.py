"""Files that an officer puts beside what he records: kept byte for byte, named in the entry by their digest.

``attachments: [{name, media_type?, base64}]`` in every command that takes them.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode
from typing import Any

from cna_service.intake.readers import clean
from cna_service.workflow.asked import Asked
from cna_service.workflow.work import Work

MOST = 20
LONGEST = 25 * 1024 * 1024
_TYPE = "application/octet-stream"


def read_attachments(work: Work, asked: Asked, field: str = "attachments") -> list[dict[str, Any]]:
    """Keep each file as a blob of this command; returns ``[{name, media_type, size, blob, sha256}]``.

    What cannot be read is said in ``asked``; then nothing of the command is written, and no blob is kept.
    """
    kept = []
    told = asked.parts(field)
    if len(told) > MOST:
        asked.wrong(field, f"{len(told)} files", f"are more than {MOST}", "send the rest with a second entry")
    for each in told[:MOST]:
        name = each.needed("name", longest=200)
        media_type = each.text("media_type", longest=100) or _TYPE
        content = _content(each)
        each.check_unknown()
        if content is None:
            continue
        digest = hashlib.sha256(content).hexdigest()
        blob = work.keep(content, media_type)
        kept.append(
            {
                "name": clean(name),
                "media_type": media_type,
                "size": len(content),
                "blob": blob,
                "sha256": digest,
            }
        )
    return kept


def _content(each: Asked) -> bytes | None:
    encoded = each.raw("base64")
    if not isinstance(encoded, str) or not encoded:
        each.wrong("base64", None, "is missing", "send the file's bytes in base64")
        return None
    try:
        content = b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        each.wrong("base64", encoded[:40], "is no base64", "encode the file's bytes in base64")
        return None
    if not content:
        each.wrong("base64", None, "holds no bytes", "send the file, not an empty one")
        return None
    if len(content) > LONGEST:
        each.wrong("base64", f"{len(content)} bytes", f"is longer than {LONGEST}", "send it in parts")
        return None
    return content
