"""Replay memories in Python: one JSON case a line in, one JSON measurement a line out.

A case is {"layout": "sb3" | "sb3-lean" | "document", "capacity", "batch", "repeats"}; a measurement is
{"microseconds"}, the time of one batch of states and next states.
"""

import json
import sys
import time

import numpy as np
from gymnasium import spaces
from stable_baselines3.common.buffers import ReplayBuffer


def sb3(capacity, lean):
    space = spaces.Box(0, 255, (4, 84, 84), np.uint8)
    options = {"optimize_memory_usage": True, "handle_timeout_termination": False} if lean else {}
    buffer = ReplayBuffer(capacity, space, spaces.Discrete(6), device="cpu", **options)
    stack = np.zeros((1, 4, 84, 84), np.uint8)
    for i in range(capacity):
        stack[0, :, i % 84] = i % 256
        buffer.add(stack, stack, np.array([i % 6]), np.array([1.0]), np.array([i % 500 == 499]), [{}])
    return buffer.sample


def document(capacity):
    """Frames along the last axis as float32, windows of three (without its errors, which cost no time)."""
    frames = np.zeros((105, 80, capacity), np.float32)
    frames += 0.5
    actions = np.zeros(capacity, np.int32)
    rewards = np.zeros(capacity, np.float32)
    terminal = np.zeros(capacity, bool)

    def sample(batch):
        indices = np.random.randint(4, capacity, size=batch)
        states = np.zeros((batch, 105, 80, 3), np.float32)
        following = np.zeros((batch, 105, 80, 3), np.float32)
        for i, index in enumerate(indices):
            states[i] = frames[:, :, index - 4 : index - 1]
            following[i] = frames[:, :, index - 3 : index]
        return states, actions[indices], rewards[indices], following, terminal[indices]

    return sample


memories = {}
for line in sys.stdin:
    case = json.loads(line)
    layout, capacity = case["layout"], case["capacity"]
    if layout not in memories:
        memories[layout] = document(capacity) if layout == "document" else sb3(capacity, layout == "sb3-lean")
    sample = memories[layout]
    start = time.perf_counter()
    for _ in range(case["repeats"]):
        sample(case["batch"])
    spent = time.perf_counter() - start
    print(json.dumps({"microseconds": spent / case["repeats"] * 1e6}), flush=True)
