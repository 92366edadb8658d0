"""What somebody sees who opens the service in a browser."""

import os
import unittest
from pathlib import Path

from webdriver import Browser

PNG = b"\x89PNG\r\n\x1a\n"


class Greeting(unittest.TestCase):
    def test_a_visitor_is_greeted(self) -> None:
        with Browser(os.environ["BROWSER"]) as browser:
            browser.open(os.environ["SERVICE"])
            picture = browser.picture()
            Path(os.environ["PICTURES"], "greeting.png").write_bytes(picture)
            self.assertIn("Hello from cdkit", browser.text())
            self.assertTrue(picture.startswith(PNG))


if __name__ == "__main__":
    unittest.main()
