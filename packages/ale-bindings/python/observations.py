"""How observations reach the parent process."""

import errno
import mmap
import os

import numpy as np
from errors import RequestError

# Content of the shared file before the observations: short messages.
HEADER = 4096


class SharedObservations:
    """Observations in a file that both processes share: nothing is sent through a pipe."""

    def __init__(self, fd):
        self._fd = fd
        self.box = self._map(HEADER)

    def allocate(self, size):
        """A flat array of `size` bytes, to be filled before every reply."""
        return np.frombuffer(self._map(HEADER + size), np.uint8, size, HEADER)

    def to_send(self, _array):
        """What has to follow the reply."""
        return ()

    def _map(self, size):
        allocate = getattr(os, "posix_fallocate", None)
        try:
            if allocate:
                allocate(self._fd, 0, size)
            else:
                os.ftruncate(self._fd, size)
            return mmap.mmap(self._fd, size)
        except OSError as error:
            reason = errno.errorcode.get(error.errno, "OSError")
            raise RequestError(
                "START_FAILED",
                f"there is no room for {size} bytes of shared memory: {reason}: {error.strerror}. Free some in "
                "/dev/shm (df -h /dev/shm), where observations are stored, or give it more (docker run --shm-size)",
            ) from error


class InlineObservations:
    """Observations after their reply, if there is no such file."""

    box = None

    def allocate(self, size):
        return np.zeros(size, np.uint8)

    def to_send(self, array):
        return (array.data,)
