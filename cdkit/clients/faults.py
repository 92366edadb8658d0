"""Why no answer came, in the fault's own words: 'Connection refused', rather than the objects around it."""

from __future__ import annotations


def innermost(error: BaseException) -> BaseException:
    """The fault that all the others were raised for."""
    while (deeper := error.__cause__ or error.__context__) is not None:
        error = deeper
    return error


def words_of(error: BaseException) -> str:
    """What the innermost fault says, on one line and without a full stop."""
    inner = innermost(error)
    strerror = inner.strerror if isinstance(inner, OSError) else None
    return " ".join((strerror or str(inner)).split()).rstrip(".")


def reason_of(error: BaseException, *, connect_seconds: float, silence: str = "too long") -> str:
    """Why a request of urllib3's got no answer.

    Args:
        error: what was raised.
        connect_seconds: how long a connection may take to come about.
        silence: for how long the other side may say nothing, as a person reads it.
    """
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ReadTimeoutError

    if isinstance(error, ConnectTimeoutError) and not isinstance(error, NewConnectionError):
        return f"no connection within {connect_seconds:.0f} seconds"
    if isinstance(error, ReadTimeoutError | TimeoutError):
        return f"it was connected, and then silent for {silence}"
    return words_of(error)
