"""ale-py's vector environment as a service: batches in, batches out."""

import struct
import time

import numpy as np
from errors import RequestError

BATCH = 4
REPLY = struct.Struct("<II")
RECORD = struct.Struct("<IId")


class VectorGames:
    """Many games of one kind, stepped by ALE's own threads."""

    def __init__(self, observations, pipes, options):
        self._observations = observations
        self._pipes = pipes
        # The parent builds the stacks; ALE's threads then copy and pass on one frame instead of many.
        self._stack = options["stack_num"]
        self._options = {**options, "stack_num": 1}
        self._make()
        size = self._envs.batch_size
        plane = self._envs.single_observation_space.shape[1:]
        flags = RECORD.size + 20 * size
        pictures = flags + 2 * size + -2 * size % 4
        pixels = size * int(np.prod(plane))
        # The reply itself: a record, the newest frames, the last ones of ended episodes.
        self._array = observations.allocate(pictures + 2 * pixels)
        self._unended = self._array[: pictures + pixels]
        self._columns = self._array[RECORD.size : flags].view(np.int32).reshape(5, size)
        self._flags = self._array[flags : flags + 2 * size].reshape(2, size)
        self._newest = self._array[pictures : pictures + pixels].reshape(size, *plane)
        self._last = self._array[pictures + pixels :].reshape(size, *plane)
        self._played = False
        self._actions = struct.Struct(f"<{size}i")
        self._strengths = (1.0,) * size

    def _make(self):
        try:
            from ale_py.vector_env import AtariVectorEnv
        except ImportError as error:
            raise RequestError(
                "PACKAGE_MISSING", f"ale-py's vector environment needs Gymnasium: {error}"
            ) from error
        from emulator import rom_path

        rom_path(self._options["game"])
        self._envs = AtariVectorEnv(**self._options)

    def describe(self):
        """What the parent needs to know before the first reset."""
        envs = self._envs
        return {
            "shape": (self._stack, *envs.single_observation_space.shape[1:]),
            "actions": [int(getattr(action, "value", action)) for action in envs.ale.get_action_set()],
            "batchSize": envs.batch_size,
        }

    def reset(self, seeds, start):
        # Results of the previous episodes may still be pending: then only new games are sure to be clean.
        if self._played and self._envs.batch_size < self._envs.num_envs:
            self._make()
        self._played = True
        seed = None if seeds is None else np.asarray(seeds, np.int64)
        observations, info = self._envs.reset(seed=seed)
        return self._reply(observations, 0, 0, 0, info, start)

    def step(self, request, start):
        if self._envs.continuous:
            self._envs.send(np.frombuffer(request, np.float32, offset=8).reshape(-1, 3))
        else:
            # The work of the method `send`, without arrays that are read number by number.
            self._envs.ale.send(self._actions.unpack_from(request, 8), self._strengths)
        result = self._envs.recv()
        self._pipes.announce()
        return self._reply(*result, start)

    def _reply(self, observations, rewards, terminated, truncated, info, start):
        self._newest[:] = observations[:, 0]
        final = info.get("final_obs")
        if final is not None:
            self._last[:] = final[:, 0]
        columns, flags = self._columns, self._flags
        columns[0] = rewards
        columns[1] = info["lives"]
        columns[2] = info["frame_number"]
        columns[3] = info["episode_frame_number"]
        columns[4] = info["env_id"]
        flags[0] = terminated
        flags[1] = truncated
        sent = self._observations.to_send(self._unended if final is None else self._array)
        seconds = time.perf_counter() - start - self._pipes.announcing
        RECORD.pack_into(self._array, 0, len(observations), final is not None, seconds)
        return REPLY.pack(4 + sum(part.nbytes for part in sent), BATCH), *sent
