/** Checkpoints of before names of Stable-Baselines3 meant here what they mean there, read in the meaning of their time. */

import type { StateRecord, StateTree } from "../../core/state.js";

/**
 * The hyper-parameters of a checkpoint, as today's trainers understand them, so that a run goes on as it began.
 *
 * In checkpoints without `targetKlCheck` the value loss had a factor of ½ unless `valueLossScale` or
 * `"squared-error"` said otherwise, `targetKl` was looked at after every epoch, and `valueClip: "none"` left
 * `clipRangeVf` without effect. Those of other trainers are returned as they are.
 */
export function optionsOfTheirTime(kind: string, written: StateRecord): StateRecord {
  const saved = currentNames(written);
  // `true` stood for the defaults.
  if (kind === "dqn" && saved.prioritized === true) return { ...saved, prioritized: {} };
  if (kind !== "ppo" || "targetKlCheck" in saved) return saved;
  const { valueClip, valueLossScale, clipRangeVf } = saved;
  return {
    ...saved,
    valueLossScale: valueLossScale ?? (valueClip === "squared-error" ? 1 : 0.5),
    clipRangeVf: valueClip === "none" ? null : clipRangeVf,
    targetKlCheck: "epoch",
    klEstimator: "k3",
  };
}

const renamed: Readonly<Record<string, string>> = {
  nSteps: "numSteps",
  bufferSize: "capacity",
  frameStack: "numStack",
};

function currentNames(saved: StateRecord): StateRecord {
  const rename = (name: string) => (Object.hasOwn(renamed, name) ? renamed[name] : name);
  return Object.fromEntries(Object.entries(saved).map(([name, value]) => [rename(name), value]));
}

/**
 * The counters of a PPO checkpoint. Where it counted updates alone, its epochs are those of as many whole updates,
 * or more than there were where `targetKl` had ended some early.
 */
export function countersOfTheirTime(counters: StateTree, { nEpochs }: { nEpochs: number }): StateTree {
  const { updates, epochs } = (counters ?? {}) as { updates?: unknown; epochs?: unknown };
  if (epochs !== undefined || typeof updates !== "number") return counters;
  return { ...(counters as StateRecord), epochs: updates * nEpochs };
}
