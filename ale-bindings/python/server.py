"""Serves one emulator to the process that started this one.

Requests come on file descriptor 3, replies go to 4; both are pipes. 5 is a file that both processes
share: the observation of a step or a reset lies in it when the reply arrives. Standard output is
never used for data because ALE prints there. All numbers are little-endian.

request  u32 length of what follows · u32 operation · payload
    0 CALL   u32 length of JSON · JSON [name, arguments] · raw bytes
    1 STEP   i32 action index, or f32 radius, theta, fire
    2 ACT    i32 action, f32 paddle strength
reply    u32 length of what follows · u32 kind · payload
    0 VALUE  u32 length of JSON · JSON · raw bytes
    3 ERROR  JSON {code, message, argument}
    1 STEP   f64 reward · i32 lives, episode frame, frame · u8 terminated, truncated · 2 unused ·
             u32 seeds[2] (after a seeded reset)
    2 ACT    i32 reward

The process ends as soon as the request pipe does, so it never outlives its parent.
"""

import json
import os
import signal
import struct
import sys

REQUEST_FD, REPLY_FD, OBSERVATION_FD = 3, 4, 5
CALL, STEP, ACT = 0, 1, 2
VALUE, ERROR = 0, 3
RECORD = struct.Struct("<IIdiiiBBxxII")


def read_request():
    data = os.read(REQUEST_FD, 65536)
    while data and (len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "little")):
        more = os.read(REQUEST_FD, 1 << 20)
        if not more:
            return b""
        data += more
    return data


def write(data):
    view = memoryview(data)
    while view:
        view = view[os.write(REPLY_FD, view) :]


def write_reply(kind, payload):
    write(struct.pack("<II", len(payload) + 4, kind) + payload)


def write_value(value, raw=b""):
    text = json.dumps(value).encode()
    write_reply(VALUE, struct.pack("<I", len(text)) + text + raw)


def write_error(code, message, argument=None):
    write_reply(ERROR, json.dumps({"code": code, "message": message, "argument": argument}).encode())


def main():
    # Ctrl+C belongs to the parent, which may want to save the game first.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import ale_py
        import numpy
        from service import Service
    except ImportError as error:
        write_error("PACKAGE_MISSING", f"{sys.executable} cannot import ale-py and numpy: {error}")
        return
    from errors import RequestError

    service = Service(RECORD, OBSERVATION_FD)
    write_value({"python": sys.version.split()[0], "ale": ale_py.__version__, "numpy": numpy.__version__})
    while request := read_request():
        operation = int.from_bytes(request[4:8], "little")
        try:
            if operation == STEP:
                write(service.step(request))
            elif operation == ACT:
                action, strength = struct.unpack_from("<if", request, 8)
                write(struct.pack("<IIi", 8, ACT, service.act(action, strength)))
            else:
                (size,) = struct.unpack_from("<I", request, 8)
                name, arguments = json.loads(request[12 : 12 + size])
                if name == "reset":
                    write(service.reset(*arguments))
                else:
                    write_value(*service.call(name, arguments, request[12 + size :]))
        except RequestError as error:
            write_error(error.code, str(error), error.argument)
        except (TypeError, ValueError, RuntimeError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            write_error("EMULATOR", f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        pass  # the parent is gone
    sys.stdout.flush()
    os._exit(0)
