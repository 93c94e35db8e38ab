/**
 * Whole trainings with the same settings by this library, Stable-Baselines3 with sb3-contrib, SBX (SB3 in JAX) and a PPO
 * that is one compiled JAX program with its environments: one thread each, in turns, seed by seed. "final" is the mean
 * return of 20 episodes with the most probable actions, which are played after the clock has stopped.
 *
 * `NCPS_BENCH_PYTHON=... npm run bench -- sb3 [seeds] [share of the steps, default 1]`
 */

import {
  cartPoleDQN,
  cartPoleNoVelPPO,
  cartPolePPO,
  DQNTrainer,
  evaluatePolicy,
  makeVecEnv,
  PPOTrainer,
  pendulumPPO,
  useBackend,
} from "../src/index.js";
import type { DQNPreset, PPOPreset } from "../src/trainers/index.js";
import type { BenchmarkResult } from "./run.js";
import { type Measurement, summarize } from "./support/alternate.js";
import { type Peer, startPython } from "./support/peer.js";

interface Trained extends Measurement {
  /** Mean return afterwards. */
  final: number;
  /** Milliseconds of processor time that went into compiling. */
  compiling?: number;
}

/** A training as all programs receive it. */
interface PeerCase {
  algorithm: "ppo" | "recurrent" | "dqn";
  env: string;
  steps: number;
  envs: number;
  /** Hidden layers. */
  units: number[];
  normalizeReward: boolean;
  /** By SB3's names. */
  settings: Record<string, number | string | null>;
}

interface Task {
  name: string;
  key: string;
  make: (seed: number) => PPOTrainer | DQNTrainer;
  peerCase: PeerCase;
}

// SB3 has neither a double nor a dueling DQN.
const plainDQN: DQNPreset = { ...cartPoleDQN, double: false, dueling: false };

function tasks(share: number): Task[] {
  const steps = (count: number) => Math.round(count * share);
  return [
    ppoTask("PPO, CartPole-v1", "cartPole", cartPolePPO, {
      algorithm: "ppo",
      env: "CartPole-v1",
      steps: steps(50_000),
      units: [64, 64],
    }),
    ppoTask("PPO, Pendulum-v1", "pendulum", pendulumPPO, {
      algorithm: "ppo",
      env: "Pendulum-v1",
      steps: steps(20_000),
      units: [64, 64],
    }),
    ppoTask("recurrent PPO, CartPoleNoVel-v1", "cartPoleNoVel", cartPoleNoVelPPO, {
      algorithm: "recurrent",
      env: "CartPoleNoVel-v1",
      steps: steps(10_000),
      units: [32],
    }),
    dqnTask(steps(20_000)),
  ];
}

const oneThread = {
  OMP_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
  NPROC: "1", // of XLA's pool of threads
  XLA_FLAGS: "--xla_cpu_multi_thread_eigen=false",
  JAX_PLATFORMS: "cpu",
};

/** Trains every task with all programs, seed by seed. */
export async function run([seeds = "3", share = "1"]: string[] = []): Promise<BenchmarkResult> {
  await useBackend("wasm", { accelerator: false });
  const result: BenchmarkResult = { rows: [], metrics: {} };
  const peers = await startPeers();
  for (const task of tasks(Number(share))) await compare(task, peers, Number(seeds), result);
  for (const { peer } of peers) peer.close();
  return result;
}

interface Running {
  peer: Peer<Trained>;
  knows: (peerCase: PeerCase) => boolean;
  /** Whether a short training before makes the later ones faster. */
  warmsUp: boolean;
}

async function startPeers(): Promise<Running[]> {
  const baselines = { script: "baselines.py", env: oneThread };
  const common = ["gymnasium", "torch", "stable_baselines3"];
  const [sb3, sbx, jitted] = [
    await startPython<Trained>({
      ...baselines,
      name: "Stable-Baselines3",
      modules: [...common, "sb3_contrib"],
      args: ["sb3"],
    }),
    await startPython<Trained>({
      ...baselines,
      name: "SBX",
      modules: [...common, "jax", "sbx"],
      args: ["sbx"],
    }),
    await startPython<Trained>({
      name: "one program in JAX",
      modules: ["jax", "optax"],
      script: "jitted_ppo.py",
      env: oneThread,
    }),
  ];
  const running: Running[] = [];
  if (sb3) running.push({ peer: sb3, knows: () => true, warmsUp: true });
  if (sbx) running.push({ peer: sbx, knows: ({ algorithm }) => algorithm !== "recurrent", warmsUp: false });
  if (jitted) running.push({ peer: jitted, knows: ({ algorithm }) => algorithm === "ppo", warmsUp: false });
  return running;
}

async function compare(task: Task, peers: Running[], seeds: number, { rows, metrics }: BenchmarkResult) {
  const { name, key, peerCase } = task;
  const short = Math.round(peerCase.steps / 10);
  const programs = new Map<string, (seed: number, steps: number) => Promise<Trained>>();
  programs.set("ncps-ts", (seed, steps) => train(task, seed, steps));
  await train(task, 100, short);
  for (const { peer, knows, warmsUp } of peers) {
    if (!knows(peerCase)) continue;
    programs.set(peer.name, (seed, steps) => peer.run({ ...peerCase, seed, steps }));
    if (warmsUp) await peer.run({ ...peerCase, seed: 100, steps: short });
  }
  const results = new Map<string, Trained[]>([...programs.keys()].map((program) => [program, []]));
  for (let seed = 0; seed < seeds; seed++) {
    for (const [program, begin] of programs) {
      const trained = await begin(seed, peerCase.steps);
      results.get(program)?.push(trained);
      console.error(JSON.stringify({ task: name, program, seed, ...trained }));
    }
  }
  const median = (program: string, of: "cpu" | "wall") =>
    summarize((results.get(program) ?? []).map((one) => one[of])).median / 1000;
  const ours = results.get("ncps-ts") ?? [];
  for (const [program, all] of results) {
    const compiling = Math.max(...all.map((one) => one.compiling ?? 0)) / 1000;
    const x = all.map(({ cpu }, seed) => cpu / ours[seed].cpu);
    const figure = `${key}_${program.replace(/\W+/g, "_")}`;
    rows.push({
      training: `${name}, ${peerCase.steps} steps`,
      program,
      "processor s": rounded(median(program, "cpu")),
      "wall s": rounded(median(program, "wall")),
      "x ncps-ts, processor": rounded(summarize(x).median),
      range: `${rounded(Math.min(...x))} - ${rounded(Math.max(...x))}`,
      "compiling s": compiling > 0 ? rounded(compiling) : "",
      "final, each seed": all.map(({ final }) => final.toFixed(0)).join(", "),
    });
    metrics[`${figure}_processor_s`] = rounded(median(program, "cpu"));
    metrics[`${figure}_wall_s`] = rounded(median(program, "wall"));
    metrics[`${figure}_final`] = rounded(all.reduce((sum, { final }) => sum + final, 0) / all.length);
  }
}

async function train({ make, peerCase }: Task, seed: number, steps: number): Promise<Trained> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const trainer = make(seed);
  await trainer.learn({ totalTimesteps: steps });
  const wall = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const games = makeVecEnv(peerCase.env, { numEnvs: 20 });
  const { meanReturn } = await evaluatePolicy(trainer, games, { numEpisodes: 20, seed: 1000 + seed });
  await games.close();
  await trainer.close();
  return { wall, cpu: (user + system) / 1000, final: meanReturn };
}

function ppoTask(
  name: string,
  key: string,
  preset: PPOPreset,
  { env, ...more }: Pick<PeerCase, "algorithm" | "env" | "steps" | "units">,
): Task {
  const make = (seed: number) => new PPOTrainer({ ...preset, env, seed });
  const { hyperparameters: h } = make(0);
  const settings = {
    n_steps: h.numSteps,
    batch_size: h.batchSize,
    n_epochs: h.nEpochs,
    learning_rate: scheduled(h.learningRate),
    gamma: h.gamma,
    gae_lambda: h.gaeLambda,
    clip_range: scheduled(h.clipRange),
    ent_coef: scheduled(h.entCoef),
    vf_coef: h.vfCoef * h.valueLossScale,
    max_grad_norm: h.maxGradNorm,
  };
  const { numEnvs: envs, normalizeReward } = h;
  return { name, key, make, peerCase: { ...more, env, envs, normalizeReward, settings } };
}

function dqnTask(steps: number): Task {
  const env = "CartPole-v1";
  const make = (seed: number) => new DQNTrainer({ ...plainDQN, env, seed });
  const { hyperparameters: h } = make(0);
  const settings = {
    buffer_size: h.capacity,
    learning_starts: h.learningStarts,
    train_freq: h.trainFreq,
    gradient_steps: h.gradientSteps,
    target_update_interval: h.targetUpdateInterval,
    batch_size: h.batchSize,
    gamma: h.gamma,
    learning_rate: scheduled(h.learningRate),
    exploration_fraction: h.explorationFraction,
    exploration_final_eps: h.explorationFinalEps,
    n_steps: h.nStep,
    max_grad_norm: h.maxGradNorm,
  };
  const common = {
    algorithm: "dqn",
    env,
    steps,
    envs: 1,
    units: [256, 256],
    normalizeReward: false,
  } as const;
  return { name: "DQN, CartPole-v1", key: "dqn", make, peerCase: { ...common, units: [256, 256], settings } };
}

// The peers know numbers and "lin_1e-3".
function scheduled(value: unknown): number | string {
  if (typeof value === "number" || typeof value === "string") return value;
  throw new Error(`no peer has the schedule ${JSON.stringify(value)}`);
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
