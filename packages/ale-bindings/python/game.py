"""Atari games with the semantics of Gymnasium's AtariEnv (ale-py 0.12)."""

import json
import zlib

import numpy as np
from emulator import Emulator
from errors import RequestError

# Action by [fire][up - down + 1][right - left + 1].
JOYSTICK = (
    ((9, 5, 8), (4, 0, 3), (7, 2, 6)),
    ((17, 13, 16), (12, 1, 11), (15, 10, 14)),
)


class Game:
    """One game: seeded resets, frame skip, observations into a caller's buffer, complete states."""

    def __init__(self, emulator: Emulator, announce, options):
        self.emulator = emulator
        self._announce = announce
        self.ale = emulator.ale
        self._rom = options["game"]
        self._mode = options["mode"]
        self._difficulty = options["difficulty"]
        self._frameskip = options["frameskip"]
        self._threshold = options["continuousActionThreshold"]
        self._continuous = options["continuous"]
        self._frame = None

        self.ale.setFloat("repeat_action_probability", options["repeatActionProbability"])
        if options["maxNumFramesPerEpisode"] is not None:
            self.ale.setInt("max_num_frames_per_episode", options["maxNumFramesPerEpisode"])
        self._seed(None)
        self._load()

        full = options["fullActionSpace"] or self._continuous
        actions = self.ale.getLegalActionSet() if full else self.ale.getMinimalActionSet()
        self._actions = [action.value for action in actions]
        height, width = self.ale.getScreenDims()
        obs_type = options["obsType"]
        self.shape = {"rgb": (height, width, 3), "grayscale": (height, width), "ram": (self.ale.getRAMSize(),)}[
            obs_type
        ]
        self._observe = {
            "rgb": self.ale.getScreenRGB,
            "grayscale": self.ale.getScreenGrayscale,
            "ram": self.ale.getRAM,
        }[obs_type]
        self._pictures = np.zeros((2, *self.shape), np.uint8)

    def describe(self):
        """What the parent needs to know before the first reset."""
        return {"shape": self.shape, "actions": self._actions, "screen": self.ale.getScreenDims()}

    def reset(self, seed):
        """Starts an episode and returns the two seeds drawn from `seed`, zeros without one."""
        seeds = (0, 0)
        if seed is not None:
            seeds = self._seed(seed)
            self._load()
        self.emulator.reset()
        self._frame = None
        return seeds

    def step(self, action):
        """Plays a discrete action by its index, or a continuous one by (radius, theta, fire)."""
        return self._play(*self._number(action), last=True)

    def repeat(self, action, times, observation, maximum):
        """Plays up to `times` steps, fewer at an episode's end, and returns rewards and steps.

        `observation` receives the last one or, with `maximum`, the elementwise maximum of the last two.
        """
        number, strength = self._number(action)
        reward = 0
        for step in range(1, times + 1):
            reward += self._play(number, strength, last=step == times)
            ended = self.ale.game_over()
            if maximum:
                # which two are the last is only known afterwards
                self._observe(self._pictures[step & 1])
            if ended:
                break
        if not maximum:
            self._observe(observation)
        elif step == 1:
            np.copyto(observation, self._pictures[1])
        else:
            np.maximum(*self._pictures, out=observation)
        return reward, step

    def observe(self, buffer):
        self._observe(buffer)

    def _number(self, action):
        if self._continuous:
            return self._joystick(action), float(action[0])
        return self._actions[action], 1.0

    def _play(self, number, strength, last):
        frames = self._frameskip
        if not isinstance(frames, int):
            frames = int(self._generator.integers(*frames))
        self._frame = None
        reward = 0
        if last:
            # the parent wakes while the last frame is played
            reward = self.emulator.act(number, strength, frames - 1) if frames > 1 else 0
            self._announce()
            frames = 1
        return reward + self.emulator.act(number, strength, frames)

    def screen(self):
        """RGB bytes of the current screen, also right after `restore`."""
        return zlib.decompress(self._frame) if self._frame else self.ale.getScreenRGB().tobytes()

    def save(self):
        """Plain part and byte strings of a complete state."""
        state, action, strength = self.emulator.save()
        # ALE does not redraw its screen on restore, so the frame is part of the state.
        frame = self._frame or zlib.compress(self.ale.getScreenRGB().tobytes(), 1)
        generator = json.dumps(self._generator.bit_generator.state)
        return {"action": action, "strength": strength, "generator": generator}, state, frame

    def restore(self, plain, state, frame):
        self.emulator.restore(state, plain["action"], plain["strength"])
        self._generator.bit_generator.state = json.loads(plain["generator"])
        self._frame = frame

    def _seed(self, seed):
        np_seed, ale_seed = np.random.SeedSequence(seed).generate_state(n_words=2)
        self._generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(int(np_seed))))
        self.ale.setInt("random_seed", int(np.int32(ale_seed)))
        return int(np_seed), int(ale_seed)

    def _load(self):
        self.emulator.load(self._rom)
        self._choose("mode", self._mode, self.ale.getAvailableModes(), self.ale.setMode)
        self._choose("difficulty", self._difficulty, self.ale.getAvailableDifficulties(), self.ale.setDifficulty)

    @staticmethod
    def _choose(name, value, available, choose):
        if value is None:
            return
        if value not in available:
            raise RequestError(
                "INVALID_ARGUMENT", f"expected one of {list(available)}, received {value}", name
            )
        choose(value)

    def _joystick(self, action):
        # float32 arithmetic, as in Gymnasium
        x, y = action[0] * np.cos(action[1]), action[0] * np.sin(action[1])
        side = int(x > self._threshold) - int(x < -self._threshold)
        lift = int(y > self._threshold) - int(y < -self._threshold)
        return JOYSTICK[int(action[2] > self._threshold)][lift + 1][side + 1]
