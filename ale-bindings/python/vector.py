"""ale-py's vector environment as a service: batches in, batches out."""

import struct
import time

import numpy as np
from errors import RequestError

BATCH = 4


class VectorGames:
    """Many games of one kind, stepped by ALE's own threads."""

    def __init__(self, observations, options):
        self._observations = observations
        self._options = options
        self._make()
        envs = self._envs
        self._size = int(np.prod(envs.single_observation_space.shape))
        self._array = observations.allocate(2 * envs.batch_size * self._size)
        size = envs.batch_size
        self._columns = np.zeros((5, size), np.int32)
        self._flags = np.zeros(2 * size + -2 * size % 4, np.uint8)
        self._played = False

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
            "shape": envs.single_observation_space.shape,
            "actions": [int(getattr(action, "value", action)) for action in envs.ale.get_action_set()],
            "batchSize": envs.batch_size,
        }

    def reset(self, seeds, start):
        # Results of the episodes before may still be on their way: then only new games are sure to be clean.
        if self._played and self._envs.batch_size < self._envs.num_envs:
            self._make()
        self._played = True
        seed = None if seeds is None else np.asarray(seeds, np.int64)
        observations, info = self._envs.reset(seed=seed)
        zeros = np.zeros(self._envs.batch_size, np.int32)
        return self._reply(observations, zeros, zeros, zeros, info, start)

    def step(self, request, start):
        if self._envs.continuous:
            actions = np.frombuffer(request, np.float32, offset=8).reshape(-1, 3)
        else:
            actions = np.frombuffer(request, np.int32, offset=8)
        return self._reply(*self._envs.step(actions), start)

    def _reply(self, observations, rewards, terminated, truncated, info, start):
        size = len(rewards)
        whole = size * self._size
        self._array[:whole] = observations.reshape(-1)
        final = info.get("final_obs")
        if final is not None:
            rest = self._array[whole:].reshape(size, -1)
            for i in np.flatnonzero(np.logical_or(terminated, truncated)):
                rest[i] = final[i].reshape(-1)
        columns, flags = self._columns, self._flags
        columns[0] = rewards
        columns[1] = info["lives"]
        columns[2] = info["frame_number"]
        columns[3] = info["episode_frame_number"]
        columns[4] = info["env_id"]
        flags[:size] = terminated
        flags[size : 2 * size] = truncated
        sent = self._observations.to_send(self._array if final is not None else self._array[:whole])
        length = 20 + columns.nbytes + flags.nbytes + sum(part.nbytes for part in sent)
        seconds = time.perf_counter() - start
        header = struct.pack("<IIIId", length, BATCH, size, final is not None, seconds)
        return header + columns.tobytes() + flags.tobytes(), *sent
