"""PPO on Atari in PyTorch with the arithmetic of CleanRL's ppo_atari.py and the wrappers of Gymnasium.

One line {"env": ..., "threads": ...} in, one update (8 games x 128 steps in one process, 4 epochs of 4 minibatches,
the Nature network, Adam with a clipped norm), one JSON measurement out. The first line of the output names the version.
"""

import json
import sys
import time

import ale_py
import gymnasium
import numpy as np
import torch
from gymnasium.wrappers import AtariPreprocessing, ClipReward, FrameStackObservation
from torch import nn
from torch.distributions import Categorical

GAMES, STEPS, EPOCHS, MINIBATCHES = 8, 128, 4, 4
GAMMA, LAMBDA, CLIP, ENTROPY, VALUE, NORM = 0.99, 0.95, 0.1, 0.01, 0.5, 0.5


class FireReset(gymnasium.Wrapper):
    def reset(self, **arguments):
        self.env.reset(**arguments)
        observation, _, terminated, truncated, info = self.env.step(1)
        return self.env.reset(**arguments) if terminated or truncated else (observation, info)


def make(name):
    env = gymnasium.make(name)
    env = AtariPreprocessing(env, noop_max=30, frame_skip=4, screen_size=84, terminal_on_life_loss=True)
    return FrameStackObservation(ClipReward(FireReset(env), -1, 1), 4)


def layer(module, gain=2**0.5):
    nn.init.orthogonal_(module.weight, gain)
    nn.init.zeros_(module.bias)
    return module


class Agent(nn.Module):
    def __init__(self, actions):
        super().__init__()
        self.body = nn.Sequential(
            layer(nn.Conv2d(4, 32, 8, 4)), nn.ReLU(), layer(nn.Conv2d(32, 64, 4, 2)), nn.ReLU(),
            layer(nn.Conv2d(64, 64, 3)), nn.ReLU(), nn.Flatten(), layer(nn.Linear(3136, 512)), nn.ReLU())
        self.policy = layer(nn.Linear(512, actions), 0.01)
        self.value = layer(nn.Linear(512, 1), 1)

    def forward(self, frames):
        hidden = self.body(frames / 255)
        return Categorical(logits=self.policy(hidden)), self.value(hidden)[:, 0]


class PPO:
    def __init__(self, env):
        self.envs = gymnasium.vector.SyncVectorEnv([lambda: make(env)] * GAMES)
        self.agent = Agent(self.envs.single_action_space.n)
        self.optimizer = torch.optim.Adam(self.agent.parameters(), lr=2.5e-4, eps=1e-5)
        frames, _ = self.envs.reset(seed=1)
        self.frames, self.done = torch.tensor(frames, dtype=torch.float32), torch.zeros(GAMES)

    def update(self):
        rollout, last_value = self.collect()
        self.learn(*rollout, last_value)

    def collect(self):
        frames = torch.zeros(STEPS, *self.frames.shape)
        actions, log_probs, rewards, dones, values = (torch.zeros(STEPS, GAMES) for _ in range(5))
        with torch.no_grad():
            for t in range(STEPS):
                frames[t], dones[t] = self.frames, self.done
                policy, values[t] = self.agent(self.frames)
                actions[t] = action = policy.sample()
                log_probs[t] = policy.log_prob(action)
                observed, reward, terminated, truncated, _ = self.envs.step(action.numpy())
                rewards[t] = torch.tensor(reward, dtype=torch.float32)
                self.frames = torch.tensor(observed, dtype=torch.float32)
                self.done = torch.tensor(np.logical_or(terminated, truncated), dtype=torch.float32)
            last_value = self.agent(self.frames)[1]
        return (frames, actions, log_probs, rewards, dones, values), last_value

    def learn(self, frames, actions, log_probs, rewards, dones, values, next_value):
        advantages, advantage, next_done = torch.zeros(STEPS, GAMES), torch.zeros(GAMES), self.done
        for t in reversed(range(STEPS)):
            delta = rewards[t] + GAMMA * (1 - next_done) * next_value - values[t]
            advantages[t] = advantage = delta + GAMMA * LAMBDA * (1 - next_done) * advantage
            next_done, next_value = dones[t], values[t]
        returns = (advantages + values).flatten()
        flat = [each.flatten(0, 1) for each in (frames, actions, log_probs, advantages, values)]
        for _ in range(EPOCHS):
            for rows in torch.randperm(STEPS * GAMES).chunk(MINIBATCHES):
                self.step(*(each[rows] for each in flat), returns[rows])

    def step(self, frames, actions, log_probs, advantages, values, returns):
        policy, now = self.agent(frames)
        ratio = (policy.log_prob(actions) - log_probs).exp()
        advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
        surrogate = torch.max(-advantages * ratio, -advantages * ratio.clamp(1 - CLIP, 1 + CLIP)).mean()
        clipped = values + (now - values).clamp(-CLIP, CLIP)
        error = 0.5 * torch.max((now - returns) ** 2, (clipped - returns) ** 2).mean()
        self.optimizer.zero_grad()
        (surrogate - ENTROPY * policy.entropy().mean() + VALUE * error).backward()
        nn.utils.clip_grad_norm_(self.agent.parameters(), NORM)
        self.optimizer.step()


def main():
    gymnasium.register_envs(ale_py)
    print(json.dumps({"version": torch.__version__}), flush=True)
    known = {}
    for line in sys.stdin:
        case = json.loads(line)
        torch.set_num_threads(case["threads"])
        if case["env"] not in known:
            known[case["env"]] = PPO(case["env"])
        trainer = known[case["env"]]
        wall, cpu = time.perf_counter(), time.process_time()
        trainer.update()
        print(json.dumps({
            "wall": 1000 * (time.perf_counter() - wall),
            "cpu": 1000 * (time.process_time() - cpu),
        }), flush=True)


if __name__ == "__main__":
    main()
