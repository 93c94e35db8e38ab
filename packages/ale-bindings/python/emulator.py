"""An ALEInterface whose saved states are complete.

ALE's own state, even with its random generator, does not contain the action that a sticky step repeats.
ALE does not expose it, so it is derived here from ALE's generator and the actions played.
"""

import hashlib
import struct
from pathlib import Path

import ale_py
import numpy as np
from ale_py import roms
from errors import RequestError

NOOP = 0
# A log longer than this is folded into one action, so that endless games keep memory bounded.
LOG_LIMIT = 100_000


class Emulator:
    """One ALEInterface (`ale`) and what complete states need in addition."""

    def __init__(self):
        ale_py.ALEInterface.setLoggerMode(ale_py.LoggerMode.Error)
        self.ale = ale_py.ALEInterface()
        self.loaded = False
        self._md5 = b""
        self._stickiness = 0.0
        self._forget(NOOP, 1.0)

    def load(self, rom):
        """Loads a bundled game by its name, or a ROM file by its path."""
        path = rom_path(rom)
        self.ale.loadROM(str(path))
        self.loaded = True
        self._md5 = hashlib.md5(path.read_bytes()).hexdigest().encode()
        self._stickiness = self.ale.getFloat("repeat_action_probability")
        self._forget(NOOP, 1.0)

    def reset(self):
        self.ale.reset_game()
        self._forget(NOOP, 1.0)

    def act(self, action, strength, frames):
        """Plays `action` for `frames` frames and returns the sum of their rewards."""
        act = self.ale.act
        reward = 0
        for _ in range(frames):
            reward += act(action, strength)
        if self._stickiness > 0.0:
            self._log.append((action, strength, frames))
            if len(self._log) > LOG_LIMIT:
                self._settle()
        return reward

    def save(self):
        """ALE's state with its generator, the sticky action and its strength."""
        self._settle()
        return self.ale.cloneState(include_rng=True).serialize(), self._action, self._strength

    def restore(self, state, action=None, strength=1.0):
        """Restores a state; without `action` the sticky action does not change, as in ALE."""
        if state[32:64] != self._md5:
            raise RequestError(
                "INVALID_ARGUMENT", "expected a state of the loaded ROM, received one of another", "state"
            )
        restored = ale_py.ALEState(state)
        self._settle()
        if action is not None and self._stickiness > 0.0:
            # The only way to make ALE remember an action is to play until its draw accepts one.
            self.ale.restoreState(restored)
            for _ in range(_frames_until_taken(self._generator(), self._stickiness)):
                self.ale.act(action, strength)
            self._action, self._strength = action, strength
        self.ale.restoreState(restored)
        self._forget(self._action, self._strength)

    def _forget(self, action, strength):
        """Starts a new log: `action` is the current sticky action."""
        self._action, self._strength, self._log, self._drawn = action, strength, [], None
        if self._stickiness > 0.0:
            self._drawn = self._generator()

    def _generator(self):
        return _generator(self.ale.cloneState(include_rng=True).serialize())

    def _settle(self):
        """Finds the sticky action by repeating ALE's random draws for the frames of the log."""
        if not self._log:
            return
        ends = np.cumsum(np.fromiter((entry[2] for entry in self._log), np.int64, len(self._log)))
        taken = np.flatnonzero(_takes(self._drawn, int(ends[-1]), self._stickiness))
        if taken.size:
            self._action, self._strength, _ = self._log[np.searchsorted(ends, taken[-1], "right")]
        self._log = []


def rom_path(rom):
    """Path of a bundled game's ROM, or of a ROM file, checked: ALE ends the process on a bad one."""
    if "/" not in rom and not rom.endswith(".bin"):
        try:
            path = roms.get_rom_path(rom)
        except OSError as error:
            raise RequestError("ROM_MISSING", f"the ROM of {rom} cannot be read: {error}", "rom") from error
        if path is None:
            raise RequestError("INVALID_ARGUMENT", f"ale-py knows no game named {rom!r}", "rom")
        return path
    path = Path(rom)
    if not path.is_file():
        raise RequestError("ROM_MISSING", f"there is no ROM file at {rom}", "rom")
    if ale_py.ALEInterface.isSupportedROM(str(path)) is None and path.stem not in roms.get_all_rom_ids():
        raise RequestError("INVALID_ARGUMENT", f"ALE does not support the ROM at {rom}", "rom")
    return path


def _takes(generator, frames, stickiness):
    # Two draws per frame: the first for player A, the second for player B.
    return generator.random_raw(2 * frames)[::2] / 2.0**32 >= stickiness


def _frames_until_taken(generator, stickiness):
    if stickiness >= 1.0:
        return 0
    frames = 0
    while not (taken := np.flatnonzero(_takes(generator, 64, stickiness))).size:
        frames += 64
    return frames + int(taken[0]) + 1


def _generator(state):
    """The mt19937 at the end of a serialised state, as a numpy bit generator."""
    body = state[:-8]  # two paddle limits follow the text of the generator
    start = len(body.rstrip(b"0123456789 "))
    while start < len(body) and struct.unpack_from("<I", body, start - 4)[0] != len(body) - start:
        start += 1  # a byte of the length itself may look like a digit
    words = [int(word) for word in body[start:].split()]
    if len(words) == 625:  # libstdc++: the words and the position of the next one
        position = words.pop()
    elif len(words) == 624:  # libc++: the words from the next one on
        position = 624
    else:
        raise RuntimeError("this version of ale-py stores its random generator in an unknown form")
    generator = np.random.MT19937()
    generator.state = {
        "bit_generator": "MT19937",
        "state": {"key": np.array(words, np.uint32), "pos": position},
    }
    return generator
