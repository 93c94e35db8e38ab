"""The benchmarks' cases in PyTorch on one CPU thread, or "threads" of them: one JSON case a line in, one JSON measurement a line out.

A case is {"kind": ..., ...}; it is built and warmed up when it is seen first, and run once for every line.
The first line of the output names the version.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


def training(model, loss, learning_rate, max_norm=None):
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)

    def step():
        optimizer.zero_grad()
        loss(model).backward()
        if max_norm is not None:
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()

    return step


class Nature(nn.Module):
    def __init__(self, actions):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(4, 32, 8, 4), nn.ReLU(), nn.Conv2d(32, 64, 4, 2), nn.ReLU(),
            nn.Conv2d(64, 64, 3), nn.ReLU(), nn.Flatten(), nn.Linear(3136, 512), nn.ReLU())
        self.policy = nn.Linear(512, actions)
        self.value = nn.Linear(512, 1)

    def forward(self, x):
        h = self.body(x)
        return self.policy(h), self.value(h)[:, 0]


def nature(batch, actions=4):
    """One minibatch of PPO's kind; the faster of both layouts of images."""
    actions_taken = torch.randint(actions, (batch,))
    advantages, returns = torch.randn(batch), torch.randn(batch)
    steps = []
    for layout in (torch.channels_last, torch.contiguous_format):
        model = Nature(actions).to(memory_format=layout)
        frames = torch.rand(batch, 4, 84, 84).to(memory_format=layout)

        def loss(net, frames=frames):
            logits, values = net(frames)
            log_p = F.log_softmax(logits, -1)
            chosen = log_p.gather(1, actions_taken[:, None])[:, 0]
            entropy = -(log_p.exp() * log_p).sum(-1).mean()
            return -(chosen * advantages).mean() + 0.5 * F.mse_loss(values, returns) - 0.01 * entropy

        steps.append(training(model, loss, 2.5e-4, 0.5))
    return fastest(steps)


def mlp(inputs, outputs):
    return nn.Sequential(nn.Linear(inputs, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, outputs))


def cartpole(batch, repeats, compiled=False):
    """Gradient steps of PPO on CartPole, without the monitors that a trainer shows; "compiled" by torch.compile."""
    model = nn.ModuleList([mlp(4, 2), mlp(4, 1)])
    observations, actions = 0.1 * torch.randn(batch, 4), torch.randint(2, (batch,))
    old, advantages, returns = torch.full((batch,), -(2**0.5) / 2), torch.randn(batch), torch.randn(batch)

    def loss(nets):
        log_p = F.log_softmax(nets[0](observations), -1)
        ratio = (log_p.gather(1, actions[:, None])[:, 0] - old).exp()
        surrogate = torch.min(advantages * ratio, advantages * ratio.clamp(0.8, 1.2)).mean()
        entropy = -(log_p.exp() * log_p).sum(-1).mean()
        return -surrogate + 0.5 * F.mse_loss(nets[1](observations)[:, 0], returns) - 0.0 * entropy

    step = training(model, torch.compile(loss) if compiled else loss, 1e-5, 0.5)

    def steps():
        for _ in range(repeats):
            step()

    return steps


class ConvCfC(nn.Module):
    def __init__(self, actions):
        super().__init__()
        from ncps.torch import CfC

        channels = [4, 64, 128, 128, 256]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(i, o, 5, 2, 2) for i, o in zip(channels, channels[1:]))
        self.cfc = CfC(256, 64)
        self.head = nn.Linear(64, actions)

    def forward(self, x):
        batch, time_steps = x.shape[:2]
        y = x.flatten(0, 1)
        for convolution in self.convolutions:
            y = F.relu(convolution(y))
        y, _ = self.cfc(y.mean((2, 3)).view(batch, time_steps, -1))
        return self.head(y)


def convcfc(batch, time_steps, actions=4):
    """One minibatch of behaviour cloning."""
    frames = torch.rand(batch, time_steps, 4, 84, 84)
    labels = torch.randint(actions, (batch * time_steps,))
    steps = []
    for layout in (torch.channels_last, torch.contiguous_format):
        model = ConvCfC(actions).to(memory_format=layout)
        images = frames.flatten(0, 1).to(memory_format=layout).view(batch, time_steps, 4, 84, 84)
        steps.append(training(
            model, lambda net, x=images: F.cross_entropy(net(x).flatten(0, 1), labels), 1e-4))
    return fastest(steps)


def product(m, k, n, transposeA, transposeB):
    a = torch.rand(k, m).T if transposeA else torch.rand(m, k)
    b = torch.rand(n, k).T if transposeB else torch.rand(k, n)
    return lambda: a @ b


def convolution(direction, x, filter, strides):
    """One pass of a convolution without padding, of shapes as in tfjs; the faster of both layouts."""
    batch, height, width, inputs = x
    kernel_height, kernel_width, _, outputs = filter
    steps = []
    for layout in (torch.channels_last, torch.contiguous_format):
        images = torch.rand(batch, inputs, height, width).to(memory_format=layout)
        weights = torch.rand(outputs, inputs, kernel_height, kernel_width).to(memory_format=layout)
        gradient = torch.rand_like(F.conv2d(images, weights, stride=strides))
        wanted = [direction == "input", direction == "filter", False]

        def step(images=images, weights=weights, gradient=gradient):
            if direction == "forward":
                return F.conv2d(images, weights, stride=strides)
            return torch.ops.aten.convolution_backward(
                gradient, images, weights, None, [strides] * 2, [0, 0], [1, 1], False, [0, 0], 1, wanted)

        steps.append(step)
    return fastest(steps)


def fastest(steps):
    return min(steps, key=lambda step: min(measure(step)["wall"] for _ in range(4)))


def measure(step):
    wall, cpu = time.perf_counter(), time.process_time()
    step()
    return {
        "wall": 1000 * (time.perf_counter() - wall),
        "cpu": 1000 * (time.process_time() - cpu),
    }


kinds = {"nature": nature, "cartpole": cartpole, "convcfc": convcfc, "product": product, "convolution": convolution}


def main():
    print(json.dumps({"version": torch.__version__}), flush=True)
    known = {}
    for line in sys.stdin:
        if line not in known:
            case = json.loads(line)
            threads = case.pop("threads", 1)
            torch.set_num_threads(threads)
            known[line] = (kinds[case.pop("kind")](**case), threads)
            known[line][0]()
        step, threads = known[line]
        torch.set_num_threads(threads)
        gradients = not line.startswith('{"kind":"product"') and not line.startswith('{"kind":"convolution"')
        with torch.set_grad_enabled(gradients):
            print(json.dumps(measure(step)), flush=True)


main()
