"""Containers of the Docker engine, over its API alone.

The `docker` package brings `requests` and `urllib3`, 90 ms that a test in a container would wait for; and it neither
resumes a log to the nanosecond nor half-closes what it hijacks, so that most of its part would be ours anyway.
https://docs.docker.com/reference/api/engine/
"""
