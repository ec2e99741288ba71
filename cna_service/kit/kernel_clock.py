"""What the kernel knows of the machine's clock: whether a time service keeps it, and how wrong it may be.

``adjtimex`` with nothing to set is open to everybody, and whichever service keeps the clock (chrony, ntpd,
systemd-timesyncd) tells the kernel; setting the clock by hand takes the mark away. Where the kernel is not asked that
way (not Linux, a sandbox without the call) the state is unknown and stays unknown.
"""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass

_STA_UNSYNC = 0x0040
_TIME_ERROR = 5


class _Timex(ctypes.Structure):
    """``struct timex`` of Linux, adjtimex(2), as the C library's own ``long`` is wide."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("constant", ctypes.c_long),
        ("precision", ctypes.c_long),
        ("tolerance", ctypes.c_long),
        ("seconds", ctypes.c_long),
        ("microseconds", ctypes.c_long),
        ("tick", ctypes.c_long),
        # The rest is for pulse-per-second receivers; wide enough for every kernel's.
        ("more", ctypes.c_long * 32),
    )


@dataclass(frozen=True, slots=True)
class KernelClock:
    """``is_synchronised``: a time service keeps the clock. ``error_us``: at most so wrong, by its own bound."""

    is_synchronised: bool
    error_us: int


def kernel_clock() -> KernelClock | None:
    """What the kernel says now; None where it cannot be asked."""
    if not sys.platform.startswith("linux"):
        return None
    found = _Timex(modes=0)
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(found))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else read_state(state, found.status, found.maxerror)


def read_state(state: int, status: int, max_error_us: int) -> KernelClock:
    """``state``, ``status`` and ``max_error_us`` as adjtimex gives them."""
    return KernelClock(state != _TIME_ERROR and not status & _STA_UNSYNC, max(0, max_error_us))
