"""Messages between this process and its parent; server.py describes them."""

import json
import os
import platform
import struct
import time

from spinner import Spinner, cores

VALUE, ERROR = 0, 3
# Codes in a pipe for a message in the shared file, and for one that will be there in a moment.
THERE = bytes(4)
SOON = b"\1\0\0\0"
# The shared file: bytes that count replies and requests, then the messages themselves.
REPLIES, REQUESTS, REQUEST, REPLY, SHORT = 0, 1, 64, 2048, 1984
# Seconds: a parent polls for its reply instead of sleeping if the last one took no longer.
PARENT_LOOKS = 800e-6
# Maximum number of codes waiting in a pipe; many more would fill it.
MOST_UNREAD = 1000
# Whether other processors see what this one writes in the order in which it does.
ORDERED = platform.machine() in ("x86_64", "AMD64", "i386", "i686")


class Pipes:
    """Requests and replies as whole messages."""

    def __init__(self, request_fd, reply_fd):
        self._request_fd = request_fd
        self._reply_fd = reply_fd
        self._rest = b""
        self._box = None
        self._requests = self._replies = 0
        # Requests taken from the shared file whose code in the pipe has not been read yet.
        self._unread = 0
        self._spinner = Spinner()
        self._parallel = cores() > 1
        self._arrival = 0.0
        self._parent_sleeps = False
        # Seconds spent on announcements since the request came.
        self.announcing = 0.0

    def share(self, box):
        """From now on short messages are in the shared file `box`, if there is one."""
        self._box = box

    def read(self):
        """The next request; empty when there are no more."""
        start = time.perf_counter()
        request = self._look(start) or self._listen()
        self._arrival = time.perf_counter()
        self._spinner.waited(self._arrival - start)
        self.announcing = 0.0
        return request

    def _look(self, start):
        # If writes may be seen in another order, the pipe establishes it.
        if self._box is None:
            return b""
        self._requests = (self._requests + 1) & 255
        if not self._spinner.spin(start, self._asked) or not ORDERED or self._unread == MOST_UNREAD:
            return b""
        request = self._boxed()
        self._unread += bool(request)
        return request

    def _listen(self):
        for _ in range(self._unread):
            self._next()
        self._unread = 0
        request = self._next()
        return self._boxed() if request == THERE else request

    def _asked(self):
        return self._box[REQUESTS] == self._requests

    def _boxed(self):
        # Without length it comes through the pipe.
        size = int.from_bytes(self._box[REQUEST : REQUEST + 4], "little")
        return self._box[REQUEST : REQUEST + 4 + size] if size else b""

    def _next(self):
        """One whole message, or the code for one in the shared file, from the pipe."""
        data = self._rest or os.read(self._request_fd, 65536)
        while data:
            end = 4 + int.from_bytes(data[:4], "little") if len(data) >= 4 else 4
            if len(data) >= end:
                self._rest = data[end:]
                return data[:end]
            more = os.read(self._request_fd, 1 << 20)
            if not more:
                return b""
            data += more
        return b""

    def write(self, *parts):
        """Sends one reply."""
        box = self._box
        if box is None:
            self._send(parts)
            return
        self._parent_sleeps = time.perf_counter() - self._arrival > PARENT_LOOKS
        self._replies = (self._replies + 1) & 255
        if len(parts) == 1 and len(parts[0]) <= SHORT:
            box[REPLY : REPLY + len(parts[0])] = parts[0]
            parts = (THERE,)
        else:
            box[REPLY : REPLY + 4] = THERE
        if ORDERED:
            box[REPLIES] = self._replies
            self._send(parts)
        else:
            self._send(parts)
            box[REPLIES] = self._replies

    def _send(self, parts):
        for part in parts:
            view = memoryview(part)
            while view:
                view = view[os.write(self._reply_fd, view) :]

    def announce(self):
        """Wakes a sleeping parent shortly before its reply is there; after a short request it polls instead."""
        if self._box is not None and self._parallel and self._parent_sleeps:
            start = time.perf_counter()
            os.write(self._reply_fd, SOON)
            self.announcing += time.perf_counter() - start

    def write_reply(self, kind, payload):
        self.write(struct.pack("<II", len(payload) + 4, kind) + payload)

    def write_value(self, value, raw=b""):
        text = json.dumps(value).encode()
        self.write_reply(VALUE, struct.pack("<I", len(text)) + text + raw)

    def write_error(self, code, message, argument=None):
        self.write_reply(ERROR, json.dumps({"code": code, "message": message, "argument": argument}).encode())
