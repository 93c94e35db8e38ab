"""Serves one emulator, or many at once, to the process that started this one.

With pipes (the default), requests come on file descriptor 3, replies go to 4, and 5 is a file that both
processes share. A message of up to 1984 bytes is in that file, and only the code u32 0 goes through the pipe: a
process that polls instead of sleeping need not read the pipe for it. The file:

    byte 0   number of replies so far, modulo 256
    byte 1   number of requests so far, modulo 256
    64       the last request; its length is 0 when it comes through the pipe itself
    2048     the last reply; its length is 0 when it comes through the pipe itself
    4096     observations that belong to the last reply

With `--stdio` requests come on standard input, replies go to what was standard output, and observations
follow their reply. ALE prints to standard output, which is standard error here. All numbers are
little-endian.

request  u32 length of what follows · u32 operation · payload
    0 CALL   u32 length of JSON · JSON [name, arguments] · raw bytes
    1 STEP   i32 action index, or f32 radius, theta, fire
    2 ACT    i32 action, f32 paddle strength
    3 BATCH  i32 action indices, or f32 radius, theta, fire each
    4 REPEAT u32 maximum steps · u32 whether to return the maximum of the last two · then as STEP
reply    u32 length of what follows · u32 kind · payload; it may be preceded by
         u32 1, without kind: the reply comes in a moment, as the counter will show (pipes only)
    0 VALUE  u32 length of JSON · JSON · raw bytes
    3 ERROR  JSON {code, message, argument}
    1 STEP   f64 reward · i32 lives, episode frame, frame · u8 terminated, truncated · u16 steps ·
             u32 seeds[2] (after a seeded reset) · f64 seconds spent here
    2 ACT    i32 reward
    4 BATCH  nothing here; in place of observations:
             u32 size n · u32 whether episodes ended · f64 seconds spent here ·
             i32 rewards[n], lives[n], frames[n], episode frames[n], environments[n] ·
             u8 terminated[n], truncated[n] · unused up to a multiple of 4 ·
             n newest frames of each stack, then the last ones of ended episodes, each in its position

The process ends as soon as the request pipe does, so it never outlives its parent.
"""

import json
import os
import signal
import struct
import sys
import time

from messages import Pipes

CALL, STEP, ACT, BATCH, REPEAT = 0, 1, 2, 3, 4


def own_stdio():
    """Takes standard input and output for the protocol and replaces them by harmless ones."""
    if os.name == "nt":
        import msvcrt

        for fd in (0, 1):
            msvcrt.setmode(fd, os.O_BINARY)
    request_fd, reply_fd = os.dup(0), os.dup(1)
    if os.name == "nt":
        for fd in (request_fd, reply_fd):
            msvcrt.setmode(fd, os.O_BINARY)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return request_fd, reply_fd


def end_with_parent():
    """Lets Linux end this process with its parent even while it hangs or is stopped."""
    if sys.platform != "linux":
        return
    try:
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    except (ImportError, OSError, AttributeError):
        pass  # the end of the request pipe does it for a process that runs


def main():
    # Ctrl+C belongs to the parent, which may want to save the game first.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    stdio = "--stdio" in sys.argv[1:]
    request_fd, reply_fd = own_stdio() if stdio else (3, 4)
    pipes = Pipes(request_fd, reply_fd)
    try:
        import ale_py
        import numpy
        from service import Service
    except ImportError as error:
        pipes.write_error("PACKAGE_MISSING", f"{sys.executable} cannot import ale-py and numpy: {error}")
        return
    from errors import RequestError
    from observations import InlineObservations, SharedObservations

    try:
        observations = InlineObservations() if stdio else SharedObservations(5)
    except RequestError as error:  # the log is in the same memory: this is the only way to report it
        pipes.write_error(error.code, str(error))
        return
    service = Service(observations, pipes)
    pipes.write_value(
        {"python": sys.version.split()[0], "ale": ale_py.__version__, "numpy": numpy.__version__}
    )
    pipes.share(observations.box)
    while request := pipes.read():
        start = time.perf_counter()
        operation = int.from_bytes(request[4:8], "little")
        try:
            if operation == STEP:
                pipes.write(*service.step(request, start))
            elif operation == REPEAT:
                pipes.write(*service.repeat(request, start))
            elif operation == BATCH:
                pipes.write(*service.batch(request, start))
            elif operation == ACT:
                action, strength = struct.unpack_from("<if", request, 8)
                pipes.write(struct.pack("<IIi", 8, ACT, service.act(action, strength)))
            else:
                (size,) = struct.unpack_from("<I", request, 8)
                name, arguments = json.loads(request[12 : 12 + size])
                if name == "reset":
                    pipes.write(*service.reset(*arguments, start))
                elif name == "reset_batch":
                    pipes.write(*service.reset_batch(*arguments, start))
                else:
                    pipes.write_value(*service.call(name, arguments, request[12 + size :]))
        except RequestError as error:
            pipes.write_error(error.code, str(error), error.argument)
        except (TypeError, ValueError, RuntimeError, OSError, LookupError, AssertionError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            pipes.write_error("EMULATOR", f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        pass  # the parent is gone
    sys.stdout.flush()
    os._exit(0)
