"""Browser files under names that change with their content, so that a browser may keep them for ever.

Our own files lie in ``static/``, those of other projects in ``static/vendor/`` where the build put them. Without
``vendor/`` the pages are plain HTML, and say so.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

STATIC = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"
_SMALLEST_TO_PACK = 1024
_TYPES = {".woff2": "font/woff2", ".svg": "image/svg+xml", ".js": "text/javascript", ".css": "text/css"}


@dataclass(frozen=True)
class Asset:
    """One file: its bytes, media type, and bytes packed with gzip where that is worth it."""

    path: Path
    stamp: str
    media_type: str

    @cached_property
    def content(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def packed(self) -> bytes | None:
        """The content packed with gzip; None for what is packed already, or too small."""
        is_text = self.media_type.startswith("text/") or self.media_type == "image/svg+xml"
        if not is_text or len(self.content) < _SMALLEST_TO_PACK:
            return None
        return gzip.compress(self.content, mtime=0)


@dataclass(frozen=True)
class Assets:
    """Every browser file by its name below ``static/``, such as ``vendor/htmx/htmx.min.js``."""

    by_name: Mapping[str, Asset] = field(default_factory=dict)

    @property
    def has_vendor(self) -> bool:
        return "vendor/uswds/css/uswds.min.css" in self.by_name

    def url(self, name: str) -> str:
        """Where a page finds a file. Raises KeyError for one that is not there."""
        return f"/console/static/{self.by_name[name].stamp}/{name}"


def find_assets(folder: Path = STATIC) -> Assets:
    """Read the folder once; what appears in it later is served after the next start.

    All files of ``vendor/`` share one stamp, since its style sheet names its fonts relative to itself.
    """
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    names = {str(p.relative_to(folder)): p for p in paths}
    manifest = names.get("vendor/manifest.json")
    vendor = "none" if manifest is None else _stamp(manifest.read_bytes())
    return Assets(
        {
            name: Asset(
                path, vendor if name.startswith("vendor/") else _stamp(path.read_bytes()), _type(path)
            )
            for name, path in names.items()
        }
    )


def _stamp(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _type(path: Path) -> str:
    guessed, _ = mimetypes.guess_type(path.name)
    return _TYPES.get(path.suffix) or guessed or "application/octet-stream"
