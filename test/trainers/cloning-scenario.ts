/** A small cloning run that can be interrupted anywhere, and all results that must not depend on the interruption. */

import type { CheckpointPlace } from "../../src/checkpoints/index.js";
import { Random } from "../../src/core/random.js";
import type { StateRecord } from "../../src/core/state.js";
import { AtariCloningDataset } from "../../src/datasets/atari-cloning.js";
import { cloningFileName, writeCloningSequence } from "../../src/datasets/cloning-format.js";
import { MemoryCloningSource } from "../../src/datasets/cloning-source.js";
import { Logger, type LogRow } from "../../src/logging/index.js";
import { ConvCfC } from "../../src/models/index.js";
import { type CloningOptions, CloningTrainer, type EpochReport } from "../../src/trainers/index.js";

const SIDE = 36;

/**
 * Frames with a bright bar at one of four places; the expert's action is the place in the previous frame, so that
 * memory is needed (with `delay: 0`: in the current frame).
 */
export async function barSource({
  train = 10,
  val = 3,
  steps = (_: number): number => 4,
  delay = 0,
} = {}): Promise<MemoryCloningSource> {
  const random = new Random(11);
  const source = new MemoryCloningSource();
  for (const [split, count] of Object.entries({ train, val })) {
    for (let i = 0; i < count; i++) {
      const length = steps(i);
      const observations = new Uint8Array(length * SIDE * SIDE * 4);
      const places = Array.from({ length }, () => random.integer(4));
      places.forEach((place, step) => {
        for (let row = 0; row < SIDE; row++) {
          const start = ((step * SIDE + row) * SIDE + place * 9) * 4;
          observations.fill(255, start, start + 36);
        }
      });
      const actions = Int32Array.from(places, (_, step) => places[Math.max(0, step - delay)]);
      const bytes = writeCloningSequence({ observations, actions, shape: [SIDE, SIDE, 4] });
      await source.write(cloningFileName(split as "train", i), bytes);
    }
  }
  return source;
}

/** Training and validation split. */
export async function barData(options: Parameters<typeof barSource>[0] = {}) {
  const source = await barSource(options);
  return {
    dataset: await AtariCloningDataset.open(source),
    valDataset: await AtariCloningDataset.open(source, { split: "val" }),
  };
}

/** A small network for such frames. */
export function smallModel(options: Partial<ConstructorParameters<typeof ConvCfC>[0]> = {}): ConvCfC {
  return new ConvCfC({
    numActions: 4,
    observationShape: [SIDE, SIDE, 4],
    filters: [2, 3, 3, 4],
    units: 6,
    seed: 2,
    ...options,
  });
}

/** Number of epochs of a whole training, of four minibatches each. */
export const epochs = 3;

/** All results of a training. */
export interface Outcome {
  /** State without clocks. */
  state: StateRecord;
  /** Rows of the log by step, without clocks. */
  rows: [step: number, row: LogRow][];
  /** Reports of the epochs. */
  reports: EpochReport[];
}

/** Trains to the end, or from a checkpoint to the end, or until it is stopped after `stopAt` minibatches and saved. */
export async function train(
  data: Pick<CloningOptions, "dataset" | "valDataset">,
  {
    form = "tf",
    from,
    stopAt = Number.POSITIVE_INFINITY,
    to,
  }: { form?: "tf" | "torch"; from?: CheckpointPlace; stopAt?: number; to?: CheckpointPlace } = {},
): Promise<Outcome> {
  const options = { ...data, batchSize: 3, learningRate: "lin_1e-2", maxGradNorm: 1, seed: 5 };
  const trainer = from
    ? await CloningTrainer.resume(from, data)
    : new CloningTrainer({ ...options, model: smallModel({ form }) });
  const [rows, reports]: [Outcome["rows"], EpochReport[]] = [[], []];
  try {
    await trainer.learn({
      epochs,
      logger: new Logger([{ write: (row, step) => rows.push([step, withoutClocks(row)]) }]),
      callbacks: [{ last: true, onStep: ({ globalStep }) => globalStep < stopAt }],
      onEpochEnd: (report) => void reports.push(report),
    });
    if (to) await trainer.save(to);
    const { run, ...state } = trainer.getState();
    return { state, rows, reports };
  } finally {
    await trainer.close();
  }
}

function withoutClocks(row: LogRow): LogRow {
  return Object.fromEntries(
    Object.entries(row).filter(([key]) => !/^time\/(batches_per_second|time_elapsed)$/.test(key)),
  );
}
