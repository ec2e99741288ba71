"""``python -m cna_service``: the command ``cna``."""

from __future__ import annotations

import sys

from cna_service.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
