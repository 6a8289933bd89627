"""Times in words, for progress and summaries."""

__all__ = ["duration"]


def duration(seconds: float) -> str:
    """A time in one or two units.

    >>> duration(7.04), duration(59.6), duration(933.4), duration(7260)
    ('7.0 s', '1 min 0 s', '15 min 33 s', '2 h 1 min')
    """
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
