"""Records whole updates of Stable-Baselines3's PPO: weights and rollout before, order of minibatches, weights and log
after. The tests compare the trainer of this library with them.

    pip install stable-baselines3
    python scripts/oracles/record-sb3-ppo.py test/fixtures/sb3-ppo
"""

import json
import os
import sys

import gymnasium as gym
import numpy as np
import stable_baselines3
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.logger import Logger

OBSERVATIONS = gym.spaces.Box(-3.0, 3.0, (4,), np.float32)
DISCRETE = gym.spaces.Discrete(3)
BOX = gym.spaces.Box(-1.0, 1.0, (2,), np.float32)
MULTI_DISCRETE = gym.spaces.MultiDiscrete([3, 2])
BASE = dict(n_steps=16, batch_size=16, n_epochs=4, learning_rate=1e-2, clip_range=0.1)

CASES = {
    "discrete": (DISCRETE, dict(ent_coef=0.01)),
    "box": (BOX, dict(ent_coef=0.02, vf_coef=0.7)),
    "multi-discrete": (MULTI_DISCRETE, dict(ent_coef=0.01)),
    "target-kl": (DISCRETE, dict(n_epochs=10, target_kl=0.008)),
    "target-kl-box": (BOX, dict(n_epochs=10, target_kl=0.01)),
    "clip-range-vf": (DISCRETE, dict(clip_range_vf=0.1)),
    "raw-advantages": (BOX, dict(normalize_advantage=False, max_grad_norm=0.1)),
}


class Empty(gym.Env):
    """An environment that is never played: the rollout is made up."""

    observation_space = OBSERVATIONS

    def __init__(self, action_space):
        self.action_space = action_space

    def reset(self, *, seed=None, options=None):
        return np.zeros(4, np.float32), {}

    def step(self, action):
        raise RuntimeError("not played")


def fill(model, rng):
    """A rollout by the policy on made-up observations, with made-up advantages."""
    buffer = model.rollout_buffer
    buffer.reset()
    shape = (buffer.buffer_size, buffer.n_envs)
    buffer.observations[:] = rng.uniform(-2, 2, buffer.observations.shape)
    with torch.no_grad():
        flat = torch.as_tensor(buffer.observations.reshape(-1, 4))
        actions, values, log_probs = model.policy(flat)
    buffer.actions[:] = actions.numpy().reshape(buffer.actions.shape)
    buffer.values[:] = values.numpy().reshape(shape)
    buffer.log_probs[:] = log_probs.numpy().reshape(shape)
    buffer.advantages[:] = rng.normal(0.3, 2.0, shape)
    buffer.returns[:] = buffer.values + buffer.advantages
    buffer.pos = buffer.buffer_size
    buffer.full = True
    names = ("observations", "actions", "values", "log_probs", "advantages", "returns")
    # Environment after environment, as both libraries flatten it.
    return {name: buffer.swap_and_flatten(getattr(buffer, name)).ravel().tolist() for name in names}


def weights(model):
    return {name: value.numpy().ravel().tolist() for name, value in model.policy.state_dict().items()}


def record(name, action_space, changed):
    hyperparameters = {**BASE, **changed}
    envs = [lambda: Empty(action_space)] * 4
    env = stable_baselines3.common.vec_env.DummyVecEnv(envs)
    model = PPO("MlpPolicy", env, seed=7, device="cpu", policy_kwargs=dict(net_arch=[8]), **hyperparameters)
    model._logger = Logger(None, [])
    rng = np.random.default_rng(11)
    # Heads that start as small as SB3's would take long to show a difference.
    with torch.no_grad():
        model.policy.action_net.weight.mul_(30)
    before = weights(model)
    rollout = fill(model, rng)

    orders, permutation = [], np.random.permutation
    np.random.permutation = lambda n: orders.append(permutation(n)) or orders[-1]
    try:
        model.train()
    finally:
        np.random.permutation = permutation
    logged = {key: float(value) for key, value in model.logger.name_to_value.items()}
    return {
        "case": name,
        "versions": {"stable_baselines3": stable_baselines3.__version__, "torch": torch.__version__},
        "numEnvs": 4,
        "hyperparameters": hyperparameters,
        "before": before,
        "rollout": rollout,
        "orders": [order.tolist() for order in orders],
        "after": weights(model),
        "log": logged,
    }


def shortened(value):
    """float32 needs nine digits."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, list):
        return [shortened(each) for each in value]
    if isinstance(value, dict):
        return {key: shortened(each) for key, each in value.items()}
    return value


if __name__ == "__main__":
    torch.set_num_threads(1)
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, (action_space, changed) in CASES.items():
        recorded = record(name, action_space, changed)
        with open(os.path.join(folder, f"{name}.json"), "w") as file:
            json.dump(shortened(recorded), file)
            file.write("\n")
        print(name, {key: round(value, 5) for key, value in recorded["log"].items()})
