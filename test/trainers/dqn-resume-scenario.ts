/** Small DQN trainings that can be interrupted anywhere, and all results that must not depend on the interruption. */

import type { CheckpointPlace } from "../../src/checkpoints/index.js";
import type { StateRecord } from "../../src/core/state.js";
import { Logger, type LogRow } from "../../src/logging/index.js";
import { MlpQNetwork } from "../../src/models/index.js";
import { type DQNOptions, DQNTrainer, EvalCallback } from "../../src/trainers/index.js";
import { makeVecEnv } from "../../src/vector/make-vec-env.js";
import { FrameStack } from "../../src/wrappers/index.js";

const common = {
  env: "CartPole-v1",
  learningStarts: 30,
  batchSize: 8,
  explorationFraction: 0.5,
  explorationFinalEps: 0.2,
  learningRate: "lin_1e-3",
  stepsPerIteration: 40,
  seed: 5,
} satisfies DQNOptions;

/** Options of the trainings. */
export const scenarios = {
  "prioritized, three-step, overwritten memory": {
    ...common,
    capacity: 120,
    nStep: 3,
    trainFreq: 3,
    gradientSteps: 2,
    targetUpdateInterval: 25,
    prioritized: { alpha: 0.7 },
  },
  "stacked, several environments, soft updates": {
    ...common,
    numEnvs: 3,
    capacity: 1000,
    numStack: 2,
    trainFreq: 1,
    gradientSteps: 1,
    targetUpdateInterval: 1,
    tau: 0.1,
    optimizer: "rmsprop",
    wrapper: (env) => new FrameStack(env, { numStack: 2 }),
    model: (spaces) => new MlpQNetwork({ ...spaces, hiddenUnits: [16] }),
  },
} satisfies Record<string, DQNOptions>;

/** Name of a training. */
export type Scenario = keyof typeof scenarios;

/** Number of steps of a whole training: some iterations and a bit. */
export const totalTimesteps = 305;

/** All results of a training. */
export interface Outcome {
  /** State without clocks. */
  state: StateRecord;
  /** Rows of the log by step, without clocks. */
  rows: [step: number, row: LogRow][];
}

/** Trains to the end, or from a checkpoint to the end, or until it is stopped after `stopAt` steps and saved. */
export async function train(
  scenario: Scenario,
  {
    from,
    stopAt = Number.POSITIVE_INFINITY,
    to,
  }: { from?: CheckpointPlace; stopAt?: number; to?: CheckpointPlace } = {},
): Promise<Outcome> {
  const options: DQNOptions = scenarios[scenario];
  const { model, wrapper } = options;
  const trainer = from ? await DQNTrainer.resume(from, { model, wrapper }) : new DQNTrainer(options);
  const evalEnv = makeVecEnv("CartPole-v1", { numEnvs: 2, wrapper: options.wrapper });
  await evalEnv.reset({ seed: 9 });
  const rows: Outcome["rows"] = [];
  try {
    await trainer.learn({
      totalTimesteps,
      logger: new Logger([{ write: (row, step) => rows.push([step, withoutClocks(row)]) }]),
      callbacks: [
        new EvalCallback({ evalEnv, evalFreq: 100, numEpisodes: 2, deterministic: false }),
        { last: true, onStep: ({ numTimesteps }) => numTimesteps < stopAt },
      ],
    });
    if (to) await trainer.save(to);
    const { run, ...state } = trainer.getState();
    const { callbacks } = run as StateRecord;
    return { state: structuredClone({ ...state, callbacks }), rows };
  } finally {
    await trainer.close();
    await evalEnv.close();
  }
}

function withoutClocks(row: LogRow): LogRow {
  return Object.fromEntries(Object.entries(row).filter(([key]) => !/^time\/(fps|time_elapsed)$/.test(key)));
}
