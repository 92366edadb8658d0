"""Looks for work until it is told to stop."""

import signal
import threading

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
while not stop.wait(1):
    print("nothing to send", flush=True)
