"""The logs of the containers of a test pod."""
