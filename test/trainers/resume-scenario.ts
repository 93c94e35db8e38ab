/** Small PPO trainings that can be interrupted anywhere, and all results that must not depend on the interruption. */

import type { CheckpointPlace } from "../../src/checkpoints/index.js";
import type { StateRecord } from "../../src/core/state.js";
import { Logger, type LogRow } from "../../src/logging/index.js";
import { CfCActorCritic } from "../../src/models/index.js";
import { EvalCallback, EveryNTimesteps, type PPOOptions, PPOTrainer } from "../../src/trainers/index.js";
import { makeVecEnv } from "../../src/vector/make-vec-env.js";

const common = {
  env: "CartPoleNoVel-v1",
  numEnvs: 3,
  numSteps: 16,
  batchSize: 24,
  nEpochs: 2,
  learningRate: "lin_1e-3",
  clipRange: "lin_0.2",
  seed: 5,
};

/** Options of the trainings. */
export const scenarios = {
  "feed-forward": { ...common, normalizeObservation: true },
  recurrent: {
    ...common,
    normalizeReward: true,
    sequenceLength: 8,
    klPenalty: { initial: 0.2 },
    model: (spaces) => new CfCActorCritic({ ...spaces, units: 8, backboneUnits: 16, hiddenUnits: [] }),
  },
} satisfies Record<string, PPOOptions>;

/** Name of a training. */
export type Scenario = keyof typeof scenarios;

/** Number of steps of a whole training: ten rollouts and a bit. */
export const totalTimesteps = 3 * 16 * 10 + 7;

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
  const options = scenarios[scenario];
  const trainer = from ? await PPOTrainer.resume(from) : new PPOTrainer(options);
  const evalEnv = makeVecEnv("CartPoleNoVel-v1", { numEnvs: 2 });
  await evalEnv.reset({ seed: 9 });
  const rows: Outcome["rows"] = [];
  try {
    await trainer.learn({
      totalTimesteps,
      logger: new Logger([{ write: (row, step) => rows.push([step, withoutClocks(row)]) }]),
      callbacks: [
        new EvalCallback({ evalEnv, evalFreq: 100, numEpisodes: 3, deterministic: false }),
        new EveryNTimesteps({
          numSteps: 50,
          callback: ({ logger, numTimesteps }) => logger.recordMean("custom/mean", numTimesteps),
        }),
        { last: true, onStep: ({ numTimesteps }) => numTimesteps < stopAt },
      ],
    });
    if (to) await trainer.save(to);
    const { run, ...state } = trainer.getState();
    const { callbacks } = run as StateRecord;
    return { state: { ...state, callbacks }, rows };
  } finally {
    await trainer.close();
    await evalEnv.close();
  }
}

function withoutClocks(row: LogRow): LogRow {
  return Object.fromEntries(Object.entries(row).filter(([key]) => !/^time\/(fps|time_elapsed)$/.test(key)));
}
