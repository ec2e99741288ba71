"""Forms that carry files: screenshots, scans. Everything else of a form is as everywhere."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from cna_service.console.forms import Posted
from cna_service.console.visits import FormTooLarge, checked_form, service_of

MOST_FILES = 4


@dataclass(frozen=True, slots=True)
class Upload:
    """``files``: as a command takes them, ``[{name, media_type, base64}]``."""

    posted: Posted
    files: tuple[dict[str, str], ...]


async def read_upload(request: Request) -> Upload:
    """Fields and files, at most as many bytes as the desk takes in one message. Raises FormTooLarge."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > service_of(request).desk.body_limit:
        raise FormTooLarge
    files = []
    async with request.form(max_files=MOST_FILES, max_fields=200) as form:
        pairs = tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))
        for each in form.values():
            # A field for files that was left empty is sent as one without a name.
            if isinstance(each, UploadFile) and each.filename:
                content = b64encode(await each.read()).decode()
                kind = each.content_type or "application/octet-stream"
                files.append({"name": each.filename[:200], "media_type": kind[:100], "base64": content})
    return Upload(Posted(pairs), tuple(files))


def checked_upload(request: Request, upload: Annotated[Upload, Depends(read_upload)]) -> Upload:
    """From a page of ours, of a signed-in officer. Raises SignInNeeded, FormRefused."""
    checked_form(request, upload.posted)
    return upload


SentWithFiles = Annotated[Upload, Depends(checked_upload)]
