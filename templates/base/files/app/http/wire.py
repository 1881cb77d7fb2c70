"""HTTP on the wire: uvicorn's, but what is no HTTP at all is told so in a problem document, too."""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.errors import problem
from app.http.middleware import SECURITY_HEADERS


class Protocol(HttpToolsProtocol):
    """One connection."""

    def send_400_response(self, msg: str) -> None:
        """Called for what the parser cannot read, before there is a request."""
        detail = "This is no HTTP request, or its method is unknown."
        answer = problem(400, "bad_request", detail, headers={"Connection": "close"})
        lines = [b"%s: %s\r\n" % header for header in (*answer.raw_headers, *SECURITY_HEADERS)]
        self.transport.write(b"".join((STATUS_LINE[400], *lines, b"\r\n", answer.body)))
        self.transport.close()
