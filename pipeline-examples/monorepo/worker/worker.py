"""Counts, until it is told to stop."""

import itertools
import signal
import sys
import time

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
for number in itertools.count(1):
    print(f"order {number} is packed")
    time.sleep(5)
