"""The content of an answer in chunks, many at once.

A log has a chunk a line, and the readers of `http.client` and urllib3 take several times as long for each as all else
that is done with it. So httptools (the parser of Node.js) takes them apart, behind a head that others have read.

https://www.rfc-editor.org/rfc/rfc9112#name-chunked-transfer-coding
"""

from __future__ import annotations

from http.client import HTTPException

_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Chunks:
    """Takes apart what comes in pieces of any size.

    Attributes:
        is_complete: whether the last chunk has come.
    """

    def __init__(self) -> None:
        from httptools import HttpResponseParser

        self.is_complete = False
        self._content: list[bytes] = []
        self.on_body = self._content.append
        self._parser = HttpResponseParser(self)
        self._parser.feed_data(_HEAD)

    def feed(self, piece: bytes) -> bytes:
        """The content that this piece brings.

        Raises:
            HTTPException: what comes is no chunk.
        """
        from httptools import HttpParserError

        try:
            self._parser.feed_data(piece)
        except HttpParserError as error:
            raise HTTPException(f"no chunk of an answer: {piece[:40]!r}") from error
        content = b"".join(self._content)
        self._content.clear()
        return content

    def on_message_complete(self) -> None:
        """The last chunk has come; called by the parser."""
        self.is_complete = True
