"""A recording that is longer than a test may last."""

import random

from support.account import Account


def leave_long_recording(server, call_sid: str, more_bytes: int, seed=1):
    """Kills `server` while it records the call, and leaves a file as of a call that had gone on for `more_bytes` of
    audio: what a crash leaves is as long as its file (rule R8). The next start completes it."""
    Account(server).wait_for_seconds(call_sid, 1)
    server.kill()
    [part] = (server.data / "recordings").glob("*.part")
    with part.open("ab") as file:
        file.write(random.Random(seed).randbytes(more_bytes))
