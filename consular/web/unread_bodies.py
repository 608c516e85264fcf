"""Reads what a client is still sending when the answer is known already, so that the answer reaches it.

A server that closes while bytes are under way resets the connection: the client then sees a broken pipe
in place of the 413, the 401 or the 404 that it was answered.
"""

from flask import Flask, Response, request

# Bytes; who sends more than this to be refused does not want to know why.
MOST = 16 * 1024 * 1024
PIECE = 64 * 1024


def install_unread_bodies(app: Flask) -> None:
    """Let every answer wait for the rest of its request."""

    @app.after_request
    def read_the_rest(response: Response) -> Response:
        # Only a server that ends the input itself can be read to its end; another would wait for ever.
        if request.environ.get("wsgi.input_terminated"):
            _discard()
        return response


def _discard() -> None:
    body, left = request.environ["wsgi.input"], MOST
    try:
        while left > 0 and (piece := body.read(PIECE)):
            left -= len(piece)
    except OSError:
        pass  # the client went away, or what it sent is not HTTP: nobody waits for the answer
