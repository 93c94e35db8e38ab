"""Layers of the Python package ncps on one CPU thread: one JSON case a line in, one JSON measurement a line out.

A case is {"layer": "cfc" | "wired" | "ltc" | "ltc-full" | "cfc-mixed", "features", "units", "outputs", "batch",
"time", "backward", "repeats"}; a measurement is the time of all repeats. The first line of the output names the
version of torch.
"""

import json
import sys
import time

import torch
from ncps.torch import LTC, CfC
from ncps.wirings import AutoNCP

torch.set_num_threads(1)


def build(layer, features, units, outputs):
    if layer == "cfc":
        return CfC(features, units)
    if layer == "cfc-mixed":
        return CfC(features, units, mixed_memory=True)
    if layer == "ltc-full":
        return LTC(features, units)
    wiring = AutoNCP(units, outputs)
    return CfC(features, wiring) if layer == "wired" else LTC(features, wiring)


def program(layer, features, units, outputs, batch, time, backward, repeats):
    model = build(layer, features, units, outputs)
    x = torch.randn(batch, time, features)

    def step():
        for _ in range(repeats):
            if backward:
                model.zero_grad()
                outputs, _ = model(x)
                (outputs * outputs).sum().backward()
            else:
                with torch.no_grad():
                    model(x)

    return step


def measure(step):
    wall, cpu = time.perf_counter(), time.process_time()
    step()
    return {
        "wall": 1000 * (time.perf_counter() - wall),
        "cpu": 1000 * (time.process_time() - cpu),
    }


def main():
    print(json.dumps({"version": torch.__version__}), flush=True)
    known = {}
    for line in sys.stdin:
        if line not in known:
            known[line] = program(**json.loads(line))
            known[line]()
        print(json.dumps(measure(known[line])), flush=True)


main()
