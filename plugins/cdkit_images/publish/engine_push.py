"""A push by the engine that does not give up at the first fault.

The engine sends a layer five times before it gives up, and waits 5 to 20 seconds before each new try; it does not try
again at all when the registry says 429, or when the manifest cannot be sent. What arrived stays there, so that every
further push has less to do. Why it is the engine that pushes: docs/decisions/who-pushes.md.
"""

from __future__ import annotations

from itertools import count

from cdkit.api import Credentials, RegistryUnreachable, StepContext

ATTEMPTS = 10
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0


def push(ctx: StepContext, reference: str, credentials: Credentials | None) -> str:
    """Push an image of the engine, again while that may help, and give its digest, which is never empty.

    Raises:
        RegistryUnreachable: it did not arrive in all attempts.
        AccessDenied, ObjectNotFound, EngineUnreachable: as their names say; they are not tried again.
    """

    def show(layer: str, current: int, total: int) -> None:
        ctx.progress(layer, current, total, "bytes")

    for number in count(1):
        ctx.waiting(f"pushing {reference}")
        try:
            return ctx.images.push(reference, credentials=credentials, on_progress=show, cancellation=ctx.cancellation)
        except RegistryUnreachable as error:
            if number == ATTEMPTS:
                raise
            pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (number - 1))
            ctx.say(f"{error.message} Pushing again in {pause:.0f} s ({number} of {ATTEMPTS} attempts failed).")
        ctx.sleep(pause)
        if (digest := _arrived(ctx, reference, credentials)) is not None:
            return digest
    raise AssertionError  # `count` has no end


def _arrived(ctx: StepContext, reference: str, credentials: Credentials | None) -> str | None:
    """The digest of the image when it is served after all: perhaps only the registry's last answer got lost.

    To ask also waits for as long as the registry wants to be left in peace (Retry-After), which the engine cannot do.
    """
    served = ctx.registry.image_id(reference, credentials=credentials, cancellation=ctx.cancellation)
    if served is None or served != ctx.images.image_id(reference):
        return None
    return ctx.registry.digest(reference, credentials=credentials, cancellation=ctx.cancellation)
