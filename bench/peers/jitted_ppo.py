"""PPO with its environments in one compiled JAX program, as PureJaxRL has it, on one thread: CartPole-v1 and Pendulum-v1.

Cases and measurements as in baselines.py, of which "units" are two hidden layers of tanh for policy and value each;
"compiling" is not part of the other two times, and 0 from the second training of a case on. The arithmetic is that of
Stable-Baselines3: Adam with a clipped norm, advantages standardised in each minibatch, truncated episodes bootstrapped.
"""

import json
import sys
import time
from functools import partial

import jax
import jax.numpy as jnp
import optax


class CartPole:
    observations, actions, limit, discrete = 4, 2, 500, True

    @staticmethod
    def reset(key):
        return jax.random.uniform(key, (4,), minval=-0.05, maxval=0.05)

    @staticmethod
    def observe(state):
        return state

    @staticmethod
    def step(state, action):
        x, dx, angle, spin = state
        force = jnp.where(action == 1, 10.0, -10.0)
        cos, sin = jnp.cos(angle), jnp.sin(angle)
        push = (force + 0.05 * spin**2 * sin) / 1.1
        turn = (9.8 * sin - cos * push) / (0.5 * (4 / 3 - 0.1 * cos**2 / 1.1))
        shift = push - 0.05 * turn * cos / 1.1
        state = jnp.array([x + 0.02 * dx, dx + 0.02 * shift, angle + 0.02 * spin, spin + 0.02 * turn])
        return state, 1.0, (jnp.abs(state[0]) > 2.4) | (jnp.abs(state[2]) > 12 * 2 * jnp.pi / 360)


class Pendulum:
    observations, actions, limit, discrete = 3, 1, 200, False

    @staticmethod
    def reset(key):
        return jax.random.uniform(key, (2,), minval=-1, maxval=1) * jnp.array([jnp.pi, 1.0])

    @staticmethod
    def observe(state):
        return jnp.array([jnp.cos(state[0]), jnp.sin(state[0]), state[1]])

    @staticmethod
    def step(state, action):
        angle, spin = state
        torque = jnp.clip(action[0], -2, 2)
        turned = (angle + jnp.pi) % (2 * jnp.pi) - jnp.pi
        cost = turned**2 + 0.1 * spin**2 + 0.001 * torque**2
        spin = jnp.clip(spin + (15 * jnp.sin(angle) + 3 * torque) * 0.05, -8, 8)
        return jnp.array([angle + spin * 0.05, spin]), -cost, False


worlds = {"CartPole-v1": CartPole, "Pendulum-v1": Pendulum}


def first_weights(key, world, units):
    def dense(key, inputs, outputs, gain):
        kernel = jax.nn.initializers.orthogonal(gain)(key, (inputs, outputs))
        return {"kernel": kernel, "bias": jnp.zeros(outputs)}

    def network(key, outputs, gain):
        sizes = [world.observations, *units]
        keys = jax.random.split(key, len(sizes))
        hidden = [dense(k, i, o, 2**0.5) for k, i, o in zip(keys, sizes, sizes[1:])]
        return [*hidden, dense(keys[-1], sizes[-1], outputs, gain)]

    policy, value = jax.random.split(key)
    weights = {"policy": network(policy, world.actions, 0.01), "value": network(value, 1, 1.0)}
    return weights if world.discrete else {**weights, "log_std": jnp.zeros(world.actions)}


def run_network(layers, x):
    for layer in layers[:-1]:
        x = jnp.tanh(x @ layer["kernel"] + layer["bias"])
    return x @ layers[-1]["kernel"] + layers[-1]["bias"]


def value_of(weights, x):
    return run_network(weights["value"], x)[..., 0]


def log_prob(world, weights, numbers, action):
    if world.discrete:
        return jnp.take_along_axis(jax.nn.log_softmax(numbers), action[..., None], -1)[..., 0]
    z = (action - numbers) / jnp.exp(weights["log_std"])
    return (-0.5 * z**2 - weights["log_std"] - 0.5 * jnp.log(2 * jnp.pi)).sum(-1)


def sample(world, weights, numbers, key):
    if world.discrete:
        return jax.random.categorical(key, numbers)
    return numbers + jnp.exp(weights["log_std"]) * jax.random.normal(key, numbers.shape)


def entropy_of(world, weights, numbers):
    if world.discrete:
        logs = jax.nn.log_softmax(numbers)
        return -(jnp.exp(logs) * logs).sum(-1).mean()
    return (weights["log_std"] + 0.5 * jnp.log(2 * jnp.pi * jnp.e)).sum()


def scaled(reward, returns, statistics, gamma, done):
    """Rewards over the deviation of discounted returns, as VecNormalize scales them."""
    mean, variance, count = statistics
    returns = returns * gamma + reward
    total = count + len(returns)
    delta = returns.mean() - mean
    squares = variance * count + returns.var() * len(returns) + delta**2 * count * len(returns) / total
    statistics = (mean + delta * len(returns) / total, squares / total, total)
    reward = jnp.clip(reward / jnp.sqrt(statistics[1] + 1e-8), -10, 10)
    return reward, jnp.where(done, 0.0, returns), statistics


def falling(value, done):
    return float(value.removeprefix("lin_")) * (1 - done) if isinstance(value, str) else value


def trainer(world, case):
    envs, settings = case["envs"], case["settings"]
    steps, batch_size, gamma = settings["n_steps"], settings["batch_size"], settings["gamma"]
    updates = -(-case["steps"] // (envs * steps))
    adam = optax.inject_hyperparams(optax.adam)(learning_rate=1.0, eps=1e-5)
    optimizer = optax.chain(optax.clip_by_global_norm(settings["max_grad_norm"]), adam)

    def play(carry, key, weights):
        state, time_step, returns, statistics = carry
        to_act, to_reset = jax.random.split(key)
        seen = jax.vmap(world.observe)(state)
        numbers = run_network(weights["policy"], seen)
        action = sample(world, weights, numbers, to_act)
        following, reward, terminated = jax.vmap(world.step)(state, action)
        time_step = time_step + 1
        done = terminated | (time_step >= world.limit)
        if case["normalizeReward"]:
            reward, returns, statistics = scaled(reward, returns, statistics, gamma, done)
        final = value_of(weights, jax.vmap(world.observe)(following))
        made = {
            "observations": seen, "actions": action, "log_probs": log_prob(world, weights, numbers, action),
            "values": value_of(weights, seen), "rewards": reward, "done": done,
            "final": jnp.where(terminated, 0.0, final),
        }
        fresh = jax.vmap(world.reset)(jax.random.split(to_reset, envs))
        state = jnp.where(done[:, None], fresh, following)
        return (state, jnp.where(done, 0, time_step), returns, statistics), made

    def advantage(carry, step):
        following, next_value = carry
        next_value = jnp.where(step["done"], step["final"], next_value)
        delta = step["rewards"] + gamma * next_value - step["values"]
        now = delta + gamma * settings["gae_lambda"] * jnp.where(step["done"], 0.0, following)
        return (now, step["values"]), now

    def loss(weights, batch, clip):
        numbers = run_network(weights["policy"], batch["observations"])
        ratio = jnp.exp(log_prob(world, weights, numbers, batch["actions"]) - batch["log_probs"])
        advantages = batch["advantages"]
        advantages = (advantages - advantages.mean()) / (advantages.std(ddof=1) + 1e-8)
        surrogate = jnp.minimum(ratio * advantages, jnp.clip(ratio, 1 - clip, 1 + clip) * advantages).mean()
        error = ((value_of(weights, batch["observations"]) - batch["returns"]) ** 2).mean()
        entropy = entropy_of(world, weights, numbers)
        return settings["vf_coef"] * error - surrogate - settings["ent_coef"] * entropy

    def learn(carry, key, batch, rate, clip):
        def minibatch(carry, rows):
            weights, moments = carry
            gradients = jax.grad(loss)(weights, jax.tree.map(lambda x: x[rows], batch), clip)
            moments[1].hyperparams["learning_rate"] = jnp.asarray(rate, jnp.float32)
            changes, moments = optimizer.update(gradients, moments)
            return (optax.apply_updates(weights, changes), moments), None

        order = jax.random.permutation(key, envs * steps).reshape(-1, batch_size)
        return jax.lax.scan(minibatch, carry, order)

    def update(carry, i):
        weights, moments, world_state, key = carry
        key, to_play, to_learn = jax.random.split(key, 3)
        keys = jax.random.split(to_play, steps)
        world_state, rollout = jax.lax.scan(partial(play, weights=weights), world_state, keys)
        last = value_of(weights, jax.vmap(world.observe)(world_state[0]))
        _, rollout["advantages"] = jax.lax.scan(advantage, (jnp.zeros(envs), last), rollout, reverse=True)
        rollout["returns"] = rollout["advantages"] + rollout["values"]
        batch = jax.tree.map(lambda x: x.reshape(envs * steps, *x.shape[2:]), rollout)
        done = i / updates
        rate, clip = falling(settings["learning_rate"], done), falling(settings["clip_range"], done)
        step = partial(learn, batch=batch, rate=rate, clip=clip)
        (weights, moments), _ = jax.lax.scan(step, (weights, moments), jax.random.split(to_learn, settings["n_epochs"]))
        return (weights, moments, world_state, key), None

    def train(key):
        to_weights, to_reset, key = jax.random.split(key, 3)
        weights = first_weights(to_weights, world, case["units"])
        state = jax.vmap(world.reset)(jax.random.split(to_reset, envs))
        world_state = (state, jnp.zeros(envs, int), jnp.zeros(envs), (0.0, 1.0, 1e-4))
        carry = (weights, optimizer.init(weights), world_state, key)
        return jax.lax.scan(update, carry, jnp.arange(updates))[0][0]

    return jax.jit(train)


def judge(world, weights, key, games=20):
    """Mean return of the first episodes, played with the most probable actions."""

    def step(carry, _):
        state, alive, total = carry
        numbers = run_network(weights["policy"], jax.vmap(world.observe)(state))
        action = numbers.argmax(-1) if world.discrete else numbers
        state, reward, terminated = jax.vmap(world.step)(state, action)
        return (state, alive & ~terminated, total + alive * reward), None

    state = jax.vmap(world.reset)(jax.random.split(key, games))
    carry = (state, jnp.ones(games, bool), jnp.zeros(games))
    return jax.lax.scan(step, carry, None, world.limit)[0][2].mean()


def main():
    print(json.dumps({"version": jax.__version__}), flush=True)
    known = {}
    for line in sys.stdin:
        case = json.loads(line)
        world, compiling, seed = worlds[case["env"]], 0.0, case["seed"]
        if case["env"] not in known:
            began = time.process_time()
            known[case["env"]] = trainer(world, case).lower(jax.random.PRNGKey(seed)).compile()
            compiling = time.process_time() - began
        wall, cpu = time.perf_counter(), time.process_time()
        weights = jax.block_until_ready(known[case["env"]](jax.random.PRNGKey(seed)))
        measurement = {
            "wall": 1000 * (time.perf_counter() - wall),
            "cpu": 1000 * (time.process_time() - cpu),
            "compiling": 1000 * compiling,
        }
        measurement["final"] = float(judge(world, weights, jax.random.PRNGKey(1000 + seed)))
        print(json.dumps(measurement), flush=True)


main()
