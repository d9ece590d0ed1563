"""Stands between the browser and the dashboard and keeps every byte that goes to the browser."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# What a browser offers to have packed, under names of the same length that nobody knows: so everything comes plain.
_PLAIN = {b"Accept-Encoding:": b"X-Not-Encoding-:", b"Sec-WebSocket-Extensions:": b"X-Not-WebSocket-Extends-:"}
_AT_ONCE = 1 << 16


class Relay(socketserver.ThreadingTCPServer):
    """Hands every connection on to a port of this machine."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.beyond = ("127.0.0.1", port)
        self._kept: list[bytearray] = []

    @property
    def address(self) -> str:
        """What a browser opens instead of the dashboard."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def keep(self) -> bytearray:
        """Where a new connection puts what it hands on."""
        self._kept.append(bytearray())
        return self._kept[-1]

    def taken(self) -> list[bytes]:
        """What every connection has handed to the browser since this was asked before."""
        before = len(self._kept)
        parts = [bytes(kept) for kept in self._kept[:before]]
        for kept, part in zip(self._kept, parts, strict=False):
            del kept[: len(part)]
        return [part for part in parts if part]


class _Connection(socketserver.BaseRequestHandler):
    server: Relay

    def handle(self) -> None:
        """Hand on in both directions until either side ends."""
        with socket.create_connection(self.server.beyond) as beyond:
            kept = self.server.keep()
            asks = threading.Thread(target=self._ask, args=(beyond,), daemon=True)
            asks.start()
            with suppress(OSError):
                while part := beyond.recv(_AT_ONCE):
                    kept += part
                    self.request.sendall(part)
            with suppress(OSError):
                self.request.shutdown(socket.SHUT_RDWR)
            asks.join(timeout=5)

    def _ask(self, beyond: socket.socket) -> None:
        with suppress(OSError):
            while part := self.request.recv(_AT_ONCE):
                for packed, plain in _PLAIN.items():
                    part = part.replace(packed, plain)
                beyond.sendall(part)
        with suppress(OSError):
            beyond.shutdown(socket.SHUT_RDWR)


@contextmanager
def relayed(port: int) -> Iterator[Relay]:
    """A relay to a port, until the end of the block."""
    with Relay(port) as relay:
        threading.Thread(target=relay.serve_forever, daemon=True).start()
        yield relay
        relay.shutdown()
