/**
 * Real Atari in Node compared with Python, alternating on one machine: the vector environment, one environment
 * with the usual preprocessing, one plain environment; the overhead of communication between the processes;
 * preprocessing alone.
 *
 * "IPC" is the overhead of a step's communication: from the moment Node begins to send the request until the
 * observation is in its memory, without the time between the request's arrival in the Python process and the moment its
 * reply is packed (`emulatorSeconds`): pipes, waking up, copying from shared memory. "Outside" is all of a step's time
 * except that of the emulator; it also includes checks of actions, frame stacks and infos. Both are the minimum of all
 * rounds, as shares of the whole time. A round's resets count like its steps.
 */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { ALEInterface, AtariEnv, AtariVectorEnv, pythonPath } from "ale-bindings";
import type { Env } from "../src/envs/env.js";
import { make } from "../src/envs/registry.js";
import { AreaResizer } from "../src/images/index.js";
import { registerAtari } from "../src/node/atari.js";
import { FrameStack, MaxAndSkip, WarpFrame } from "../src/wrappers/index.js";
import type { BenchmarkResult } from "./run.js";

/** Every round plays the same game, so that rounds differ only by the noise of the machine. */
const SEED = 0;
const STEPS = { vector: 60, vector32: 15, wrapped: 250, rgb: 250, ram: 250 };
const NUM_ENVS: Record<string, number> = { vector: 8, vector32: 32 };

/** Plays rounds on demand; prints seconds and the sum of rewards of each. */
const PEER = `
import sys, time
import ale_py, gymnasium, numpy as np
what, steps, games = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if games > 1:
    from ale_py.vector_env import AtariVectorEnv
    env = AtariVectorEnv("breakout", games, autoreset_mode="SameStep")
elif what == "wrapped":
    from gymnasium.wrappers import AtariPreprocessing, FrameStackObservation
    env = gymnasium.make("BreakoutNoFrameskip-v4")
    env = FrameStackObservation(AtariPreprocessing(env, noop_max=0, frame_skip=4, screen_size=84), 4)
else:
    env = gymnasium.make("ALE/Breakout-v5", obs_type=what)
for seed in map(int, sys.stdin):
    env.reset(seed=seed)
    total, start = 0.0, time.perf_counter()
    if games > 1:
        actions = np.arange(games)
        for i in range(steps):
            _, rewards, _, _, _ = env.step((actions + i) % 4)
            total += float(rewards.sum())
    else:
        for i in range(steps):
            _, reward, terminated, truncated, _ = env.step(i % 4)
            total += float(reward)
            if terminated or truncated:
                env.reset()
    print(time.perf_counter() - start, total, flush=True)
`;

/** Measurement of one side in one round. */
interface Round {
  seconds: number;
  total: number;
}

/** Node's side: plays a round, and returns the share of its duration for the emulator and for whole exchanges with it. */
interface Player {
  play(steps: number): Promise<Round & { emulator: number; exchange: number }>;
  close(): unknown;
}

/**
 * Alternates short rounds of both sides; speeds are those of the best rounds, which a busy machine slows least.
 *
 * Arguments: rounds of each comparison, default 40; names of comparisons (`vector`, `vector32`, `wrapped`, `rgb`,
 * `ram`), default all.
 *
 * @throws Error when the two sides do not play the same games
 */
export async function run(args: string[] = []): Promise<BenchmarkResult> {
  const rounds = Number(args[0] ?? 40);
  const rows: BenchmarkResult["rows"] = [];
  const metrics: BenchmarkResult["metrics"] = {};
  await registerAtari();
  const players = {
    vector: () => vectorPlayer(NUM_ENVS.vector),
    vector32: () => vectorPlayer(NUM_ENVS.vector32),
    wrapped: async () => {
      const single = make("BreakoutNoFrameskip-v4", { obsType: "grayscale" });
      return player(
        new FrameStack(new WarpFrame(new MaxAndSkip(single))),
        (single as unknown as { env: AtariEnv }).env,
      );
    },
    rgb: async () => plainPlayer("rgb"),
    ram: async () => plainPlayer("ram"),
  };
  const names = {
    vector: "AtariVectorEnv, 8 games, 84 x 84 x 4",
    vector32: "AtariVectorEnv, 32 games",
    wrapped: "AtariEnv, skip 4, 84 x 84 gray, stack of 4",
    rgb: "ALE/Breakout-v5, RGB",
    ram: "ALE/Breakout-v5, memory",
  };
  for (const what of ["vector", "vector32", "wrapped", "rgb", "ram"] as const) {
    if (args.length > 1 && !args.slice(1).includes(what)) continue;
    const steps = STEPS[what];
    const { node, python, ratio, ipc, outside } = await compare(what, await players[what](), steps, rounds);
    const each = steps * (NUM_ENVS[what] ?? 1);
    const row: BenchmarkResult["rows"][number] = {
      what: names[what],
      "node steps/s": Math.round(each / node),
      "python steps/s": Math.round(each / python),
      "ratio of best": Number((python / node).toFixed(3)),
      "median ratio": Number(ratio.toFixed(3)),
    };
    metrics[`ale/${what}/node_steps_per_second`] = each / node;
    metrics[`ale/${what}/python_steps_per_second`] = each / python;
    metrics[`ale/${what}/ratio`] = python / node;
    metrics[`ale/${what}/median_ratio`] = ratio;
    for (const [name, part] of Object.entries({ ipc, outside })) {
      row[`${name} %`] = Number((100 * part).toFixed(2));
      metrics[`ale/${what}/${name}_percent`] = 100 * part;
    }
    rows.push(row);
  }
  for (const [name, microseconds] of Object.entries({ ...roundTrips(), ...preprocessing() })) {
    rows.push({ what: name, microseconds: Number(microseconds.toFixed(1)) });
    metrics[`ale/${name.replaceAll(" ", "_")}_microseconds`] = microseconds;
  }
  return { rows, metrics };
}

async function compare(what: string, ours: Player, steps: number, rounds: number) {
  const peer = spawn(pythonPath(), ["-c", PEER, what, String(steps), String(NUM_ENVS[what] ?? 1)]);
  const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const ratios: number[] = [];
  let [node, python] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let [ipc, outside] = [1, 1];
  try {
    for (let round = 0; round < rounds; round++) {
      const here = await ours.play(steps);
      const there = await askPeer(peer, answers, SEED);
      if (here.total !== there.total) {
        throw new Error(`the games differ: reward ${here.total} in Node, ${there.total} in Python`);
      }
      node = Math.min(node, here.seconds);
      python = Math.min(python, there.seconds);
      ratios.push(there.seconds / here.seconds);
      ipc = Math.min(ipc, (here.exchange - here.emulator) / here.seconds);
      outside = Math.min(outside, 1 - here.emulator / here.seconds);
    }
  } finally {
    await ours.close();
    peer.stdin.end();
    await once(peer, "close");
  }
  const ratio = ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)];
  return { node, python, ratio, ipc, outside };
}

async function vectorPlayer(numEnvs: number): Promise<Player> {
  const envs = await AtariVectorEnv.create("breakout", { numEnvs });
  const actions = new Int32Array(numEnvs);
  const exchanged = watchLink(envs);
  return {
    close: () => envs.close(),
    async play(steps) {
      await envs.reset({ seed: SEED });
      exchanged();
      let [total, emulator] = [0, 0];
      const start = performance.now();
      for (let i = 0; i < steps; i++) {
        for (let k = 0; k < numEnvs; k++) actions[k] = (k + i) % 4;
        const { rewards } = await envs.step(actions);
        emulator += envs.emulatorSeconds;
        for (const reward of rewards) total += reward;
      }
      const seconds = (performance.now() - start) / 1000;
      return { seconds, total, emulator, exchange: exchanged() };
    },
  };
}

function plainPlayer(obsType: "rgb" | "ram"): Player {
  const env = new AtariEnv("ALE/Breakout-v5", { obsType });
  return player(env as unknown as Env, env);
}

function player(env: Env, game: AtariEnv): Player {
  const exchanged = watchLink((game as unknown as { game: object }).game);
  return {
    close: () => env.close(),
    async play(steps) {
      env.reset({ seed: SEED });
      exchanged();
      let [total, emulator] = [0, 0];
      const start = performance.now();
      for (let i = 0; i < steps; i++) {
        const step = env.step(i % 4);
        emulator += game.emulatorSeconds;
        total += step.reward;
        if (!step.terminated && !step.truncated) continue;
        env.reset();
        emulator += game.emulatorSeconds;
      }
      const seconds = (performance.now() - start) / 1000;
      return { seconds, total, emulator, exchange: exchanged() };
    },
  };
}

/** Counters observed on a connection to an emulator. */
interface Link {
  send(request: Uint8Array, timeout?: number): void;
  readObservation(into: Uint8Array, record: number, offset: number): void;
}

/** Measures a link's exchanges; the returned function gives the seconds since its last call. */
function watchLink(owner: object): () => number {
  const { link } = owner as { link: Link };
  const { send, readObservation } = link;
  let [seconds, begun] = [0, 0];
  link.send = (...request) => {
    begun = performance.now();
    send.apply(link, request);
  };
  link.readObservation = (...place) => {
    readObservation.apply(link, place);
    const now = performance.now();
    seconds += (now - begun) / 1000;
    begun = now;
  };
  return () => {
    const spent = seconds;
    seconds = 0;
    return spent;
  };
}

async function askPeer(
  peer: ChildProcessWithoutNullStreams,
  answers: AsyncIterator<string>,
  seed: number,
): Promise<Round> {
  peer.stdin.write(`${seed}\n`);
  const { value, done } = await answers.next();
  if (done) throw new Error("the Python side ended; is Gymnasium installed? Run `npx ale-bindings doctor`");
  const [seconds, total] = value.split(" ").map(Number);
  return { seconds, total };
}

/** Microseconds of calls that hardly emulate anything: the overhead of the process boundary. */
function roundTrips(): Record<string, number> {
  const ale = new ALEInterface();
  ale.loadROM("breakout");
  const screen = new Uint8Array(210 * 160 * 3);
  const result = {
    "round trip with a number": best(() => ale.lives()),
    "round trip with a picture": best(() => ale.getScreenRGB(screen)),
  };
  ale.close();
  return result;
}

/** Microseconds of shrinking the game's pictures to 84 x 84. */
function preprocessing(): Record<string, number> {
  const env = new AtariEnv("ALE/Breakout-v5");
  env.reset({ seed: SEED });
  const rgb = env.step(1).observation.slice();
  env.close();
  const gray = rgb.filter((_, i) => i % 3 === 1);
  const sizes = { inputHeight: 210, inputWidth: 160, outputHeight: 84, outputWidth: 84 };
  const resizer = new AreaResizer(sizes);
  const small = new Uint8Array(84 * 84);
  return {
    "gray to 84 x 84": best(() => resizer.resize(gray, small)),
    "RGB to gray 84 x 84": best(() => resizer.resizeRGB(rgb, small)),
  };
}

function best(call: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 30; round++) {
    const start = performance.now();
    for (let i = 0; i < 100; i++) call();
    least = Math.min(least, performance.now() - start);
  }
  return least * 10;
}
