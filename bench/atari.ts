/** Steps per second of real Atari: AtariEnv in Node against the same loop in Python with Gymnasium. */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { ALEInterface, AtariEnv, pythonPath } from "ale-bindings";

const ID = "ALE/Breakout-v5";
const STEPS = 300;
const ROUNDS = 40;
/** Every round plays the same game, so that rounds differ by the noise of the machine only. */
const SEED = 0;

/** Plays rounds on demand; prints seconds and the sum of rewards of each. */
const PEER = `
import sys, time
import ale_py, gymnasium
env = gymnasium.make("${ID}", obs_type=sys.argv[1])
for seed in map(int, sys.stdin):
    env.reset(seed=seed)
    total, start = 0.0, time.perf_counter()
    for i in range(${STEPS}):
        _, reward, terminated, truncated, _ = env.step(i % 4)
        total += reward
        if terminated or truncated:
            env.reset()
    print(time.perf_counter() - start, total, flush=True)
`;

/** What one side needed for one round. */
interface Round {
  seconds: number;
  total: number;
}

/**
 * Runs short rounds of both sides in turns and takes the best round of each, which a busy machine slows least.
 *
 * @throws Error when the two sides do not play the same games
 */
export async function run(): Promise<{
  rows: Record<string, string | number>[];
  figures: Record<string, number>;
}> {
  const rows: Record<string, string | number>[] = [];
  const figures: Record<string, number> = {};
  for (const obsType of ["rgb", "ram"] as const) {
    const { node, python } = await compare(obsType);
    const ratio = python / node;
    rows.push({
      environment: `${ID} ${obsType}`,
      "node steps/s": Math.round(STEPS / node),
      "gymnasium steps/s": Math.round(STEPS / python),
      ratio: Number(ratio.toFixed(3)),
    });
    figures[`atari/${obsType}/node_steps_per_second`] = STEPS / node;
    figures[`atari/${obsType}/gymnasium_steps_per_second`] = STEPS / python;
    figures[`atari/${obsType}/ratio`] = ratio;
  }
  for (const [name, microseconds] of Object.entries(roundTrips())) {
    rows.push({ environment: `round trip, ${name}`, microseconds: Number(microseconds.toFixed(1)) });
    figures[`atari/round_trip_${name}_microseconds`] = microseconds;
  }
  return { rows, figures };
}

async function compare(obsType: "rgb" | "ram"): Promise<{ node: number; python: number }> {
  const env = new AtariEnv(ID, { obsType });
  const peer = spawn(pythonPath(), ["-c", PEER, obsType]);
  const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  try {
    let node = Number.POSITIVE_INFINITY;
    let python = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) {
      const ours = playRound(env, SEED);
      const theirs = await askPeer(peer, answers, SEED);
      if (ours.total !== theirs.total) {
        throw new Error(`the games differ: reward ${ours.total} in Node, ${theirs.total} in Python`);
      }
      node = Math.min(node, ours.seconds);
      python = Math.min(python, theirs.seconds);
    }
    return { node, python };
  } finally {
    env.close();
    peer.stdin.end();
    await once(peer, "close");
  }
}

function playRound(env: AtariEnv, seed: number): Round {
  env.reset({ seed });
  const start = performance.now();
  let total = 0;
  for (let i = 0; i < STEPS; i++) {
    const step = env.step(i % 4);
    total += step.reward;
    if (step.terminated || step.truncated) env.reset();
  }
  return { seconds: (performance.now() - start) / 1000, total };
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

/** Microseconds of calls that hardly emulate anything: the price of the process boundary. */
function roundTrips(): Record<string, number> {
  const ale = new ALEInterface();
  ale.loadROM("breakout");
  const screen = new Uint8Array(210 * 160 * 3);
  const best = (call: () => void) => {
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5; round++) {
      const start = performance.now();
      for (let i = 0; i < 500; i++) call();
      least = Math.min(least, (performance.now() - start) * 2);
    }
    return least;
  };
  const result = { number: best(() => ale.lives()), picture: best(() => ale.getScreenRGB(screen)) };
  ale.close();
  return result;
}
