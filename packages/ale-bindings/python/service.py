"""The requests that the emulator serves: a game to play, and ALEInterface's own methods."""

import struct
import time

import numpy as np
from ale_py import ALEInterface, LoggerMode
from emulator import Emulator
from errors import RequestError
from game import Game
from vector import VectorGames

STEP = 1
RECORD = struct.Struct("<IIdiiiBBHIId")
# ALE returns a made-up value for a setting that it does not have.
SETTINGS = {
    "Bool": {
        "color_averaging",
        "display_screen",
        "restricted_action_set",
        "run_length_encoding",
        "send_rgb",
        "sound_obs",
        "truncate_on_loss_of_life",
    },
    "Int": {
        "fragsize",
        "frame_skip",
        "max_num_frames",
        "max_num_frames_per_episode",
        "paddle_max",
        "paddle_min",
        "random_seed",
        "reward_max",
        "reward_min",
        "system_random_seed",
    },
    "Float": {"repeat_action_probability"},
    "String": {"cpu", "record_screen_dir", "record_sound_filename", "rom_file"},
}
# Methods passed on unchanged; those of the second set return an array.
PLAIN = {
    "game_over",
    "game_truncated",
    "lives",
    "getAvailableDifficulties",
    "getAvailableModes",
    "getEpisodeFrameNumber",
    "getFrameNumber",
    "getLegalActionSet",
    "getMinimalActionSet",
    "getRAMSize",
    "getScreenDims",
    "saveScreenPNG",
    "setDifficulty",
    "setMode",
    "setRAM",
}
ARRAYS = {"getAudio", "getRAM", "getScreen", "getScreenGrayscale", "getScreenRGB"}


class Service:
    def __init__(self, observations, pipes):
        self._observations = observations
        self._pipes = pipes
        self._emulator = Emulator()
        self._ale = self._emulator.ale
        self._game = None
        self._vector = None

    def step(self, request, start):
        """Plays one step of the game and returns the parts of the whole reply."""
        reward = self._game.step(_action(request, 8))
        # In one write: writing pixel by pixel to memory that the parent has just read is slow.
        self._game.observe(self._drawn)
        np.copyto(self._observation, self._drawn)
        return self._reply(reward, 1, (0, 0), start)

    def repeat(self, request, start):
        """Plays one action for several steps and returns the parts of the whole reply."""
        times, maximum = struct.unpack_from("<II", request, 8)
        reward, steps = self._game.repeat(_action(request, 16), times, self._observation, maximum)
        return self._reply(reward, steps, (0, 0), start)

    def reset(self, seed, start):
        seeds = self._game.reset(seed)
        self._game.observe(self._observation)
        return self._reply(0.0, 0, seeds, start)

    def batch(self, request, start):
        """Plays one step of a batch of games and returns the parts of the whole reply."""
        return self._vector.step(request, start)

    def reset_batch(self, seeds, start):
        return self._vector.reset(seeds, start)

    def act(self, action, strength):
        self._need_rom()
        self._pipes.announce()
        return self._emulator.act(action, strength, 1)

    def call(self, name, arguments, raw):
        """Returns (value, raw bytes)."""
        own = getattr(self, f"_call_{name}", None)
        if own:
            return own(raw, *arguments)
        if name[:3] in ("get", "set") and name[3:] in SETTINGS:
            return self._setting(name, *arguments), b""
        if name not in PLAIN and name not in ARRAYS:
            raise RequestError("INVALID_ARGUMENT", f"there is no method {name}", "name")
        self._need_rom()
        value = getattr(self._ale, name)(*arguments)
        if name in ARRAYS:
            return list(value.shape), value.tobytes()
        if name.endswith("ActionSet"):
            value = [action.value for action in value]
        return value, b""

    def _call_open(self, _raw, options):
        self._game = Game(self._emulator, self._pipes.announce, options)
        self._array = self._observations.allocate(int(np.prod(self._game.shape)))
        self._observation = self._array.reshape(self._game.shape)
        self._drawn = np.zeros_like(self._observation)
        return self._game.describe(), b""

    def _call_open_vector(self, _raw, options):
        self._vector = VectorGames(self._observations, self._pipes, options)
        return self._vector.describe(), b""

    def _call_render(self, _raw):
        return None, self._game.screen()

    def _call_save(self, _raw):
        plain, state, frame = self._game.save()
        return {**plain, "size": len(state)}, state + frame

    def _call_restore(self, raw, plain):
        self._game.restore(plain, raw[: plain["size"]], raw[plain["size"] :])
        return None, b""

    def _call_loadROM(self, _raw, rom):
        self._emulator.load(rom)
        return None, b""

    def _call_reset_game(self, _raw):
        self._need_rom()
        self._emulator.reset()
        return None, b""

    def _call_setLoggerMode(self, _raw, mode):
        ALEInterface.setLoggerMode(getattr(LoggerMode, mode))
        return None, b""

    def _call_getAudioSize(self, _raw):
        self._need_rom()
        return self._ale.getAudioSize(), b""

    def _call_isSupportedROM(self, _raw, path):
        return ALEInterface.isSupportedROM(path), b""

    def _call_cloneState(self, _raw, include_rng):
        self._need_rom()
        if not include_rng:
            return None, self._ale.cloneState().serialize()
        state, action, strength = self._emulator.save()
        return [action, strength], state

    def _call_restoreState(self, raw, sticky):
        self._need_rom()
        self._emulator.restore(raw, *(sticky or ()))
        return None, b""

    def _setting(self, name, key, *value):
        if key not in SETTINGS[name[3:]]:
            known = ", ".join(sorted(SETTINGS[name[3:]]))
            raise RequestError("INVALID_ARGUMENT", f"expected one of {known}, received {key!r}", "key")
        return getattr(self._ale, name)(key, *value)

    def _need_rom(self):
        if not self._emulator.loaded:
            raise RequestError("INVALID_STATE", "no ROM is loaded: call loadROM first")

    def _reply(self, reward, steps, seeds, start):
        ale = self._ale
        sent = self._observations.to_send(self._array)
        record = RECORD.pack(
            RECORD.size - 4 + sum(part.nbytes for part in sent),
            STEP,
            reward,
            ale.lives(),
            ale.getEpisodeFrameNumber(),
            ale.getFrameNumber(),
            ale.game_over(with_truncation=False),
            ale.game_truncated(),
            steps,
            *seeds,
            time.perf_counter() - start - self._pipes.announcing,
        )
        return record, *sent


def _action(request, offset):
    if len(request) == offset + 4:
        return struct.unpack_from("<i", request, offset)[0]
    return np.frombuffer(request, np.float32, 3, offset)
