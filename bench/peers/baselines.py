"""Whole trainings by Stable-Baselines3 and sb3-contrib, or by SBX, on one thread: `baselines.py sb3` or `baselines.py sbx`.

One JSON case a line in, {"algorithm": "ppo" | "recurrent" | "dqn", "env", "steps", "seed", "envs", "units",
"normalizeReward", "settings"}, one JSON measurement a line out: milliseconds of making the model and training it,
"compiling", the milliseconds of processor time of them that went into compiling, and "final", the mean return of 20 episodes with the most probable
actions, which are played afterwards. The first line of the output names the version.
"""

import json
import sys
import time
import warnings

import gymnasium as gym
import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import VecNormalize

torch.set_num_threads(1)
warnings.filterwarnings("ignore")


class WithoutVelocities(gym.ObservationWrapper):
    def __init__(self, env):
        super().__init__(env)
        low, high = env.observation_space.low[[0, 2]], env.observation_space.high[[0, 2]]
        self.observation_space = spaces.Box(low, high, dtype=np.float32)

    def observation(self, observation):
        return observation[[0, 2]]


def environments(name, count, seed):
    if name == "CartPoleNoVel-v1":
        return make_vec_env("CartPole-v1", count, seed=seed, wrapper_class=WithoutVelocities)
    return make_vec_env(name, count, seed=seed)


def schedule(value):
    """As in ncps-ts: "lin_1e-3" falls linearly to zero."""
    if not isinstance(value, str):
        return value
    initial = float(value.removeprefix("lin_"))
    return lambda remaining: remaining * initial


def algorithms(library):
    if library == "sbx":
        import sbx

        return {"ppo": sbx.PPO, "dqn": sbx.DQN}, f"{sbx.__version__}"
    import sb3_contrib
    import stable_baselines3

    classes = {"ppo": stable_baselines3.PPO, "dqn": stable_baselines3.DQN, "recurrent": sb3_contrib.RecurrentPPO}
    return classes, stable_baselines3.__version__


def network(library, algorithm, units):
    if algorithm == "recurrent":
        options = {"lstm_hidden_size": units[0], "shared_lstm": True, "enable_critic_lstm": False, "net_arch": []}
        return "MlpLstmPolicy", options
    if library == "sb3" and algorithm == "ppo":
        return "MlpPolicy", {"net_arch": {"pi": units, "vf": units}}
    return "MlpPolicy", {"net_arch": units}


def train(library, classes, case):
    algorithm, settings, seed = case["algorithm"], dict(case["settings"]), case["seed"]
    for name in ("learning_rate", "clip_range"):
        if name in settings:
            settings[name] = schedule(settings[name])
    if library == "sbx" and algorithm == "dqn":
        del settings["max_grad_norm"]  # SBX's DQN has none
    env = environments(case["env"], case["envs"], seed)
    if case["normalizeReward"]:
        env = VecNormalize(env, norm_obs=False, gamma=settings["gamma"])
    policy, options = network(library, algorithm, case["units"])
    model = classes[algorithm](policy, env, seed=seed, device="cpu", policy_kwargs=options, **settings)
    model.learn(case["steps"])
    return model


def count_compiling():
    """Processor seconds so far, in a list: JAX tells listeners when it begins to compile and when it has ended."""
    import jax

    spent, began = [0.0], {}
    compiling = ("backend_compile_duration", "jaxpr_to_mlir_module_duration")

    def begin(event, *_, **__):
        if event.endswith(compiling):
            began[event] = time.process_time()

    def end(event, *_, **__):
        if event in began:
            spent[0] += time.process_time() - began.pop(event)

    jax.monitoring.register_scalar_listener(begin)
    jax.monitoring.register_event_duration_secs_listener(end)
    return spent


def main():
    library = sys.argv[1]
    classes, version = algorithms(library)
    compiling = count_compiling() if library == "sbx" else [0.0]
    print(json.dumps({"version": version}), flush=True)
    for line in sys.stdin:
        case = json.loads(line)
        compiling[0] = 0.0
        wall, cpu = time.perf_counter(), time.process_time()
        model = train(library, classes, case)
        measurement = {
            "wall": 1000 * (time.perf_counter() - wall),
            "cpu": 1000 * (time.process_time() - cpu),
            "compiling": 1000 * compiling[0],
        }
        games = environments(case["env"], 1, 1000 + case["seed"])
        measurement["final"] = float(evaluate_policy(model, games, 20, deterministic=True)[0])
        print(json.dumps(measurement), flush=True)


main()
