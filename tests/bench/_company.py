"""The simulated telephone company in a process of its own; says where it listens, ends with its standard input."""

from __future__ import annotations

import sys

from tests.faults import rig


def main() -> None:
    with rig.a_company() as company:
        print("ready", flush=True)
        print(company.base_url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
