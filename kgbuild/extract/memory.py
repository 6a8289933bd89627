"""Memory that the C library keeps after tensors are freed, given back to the system.

The tensors of a batch are tens of megabytes; they come and go between small ones that stay, so that glibc's heap grows
to several times what is in use. Elsewhere than on glibc this does nothing.
"""

import ctypes
import sys

__all__ = ["release_free_memory"]


def release_free_memory() -> None:
    """Give whole free pages of the heap back; takes some milliseconds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
