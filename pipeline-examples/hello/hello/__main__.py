"""Runs the service: ``python3 -m hello``."""

import sys

from hello.server import main

sys.exit(main())
