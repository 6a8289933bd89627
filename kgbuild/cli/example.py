"""The example at the end of a command's help."""

__all__ = ["example"]


def example(*lines: str) -> str:
    """The lines under a heading, each on a line of its own (click's mark for that is a backspace)."""
    return "\b\n" + "\n".join(("Example:" if len(lines) == 1 else "Examples:", *(f"  {line}" for line in lines)))
