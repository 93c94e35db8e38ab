/** Upgrade of checkpoints from before the options had Stable-Baselines3's meaning. */

import type { StateRecord, StateTree } from "../../core/state.js";

/**
 * Translates the hyper-parameters of an old checkpoint to the current ones, so that its run continues unchanged.
 *
 * In checkpoints without `targetKlCheck` the value loss had a factor of ½ unless `valueLossScale` or
 * `"squared-error"` said otherwise, `targetKl` was checked after every epoch, and `valueClip: "none"` left
 * `clipRangeVf` without effect. Those of other trainers are returned unchanged.
 */
export function upgradeOptions(kind: string, written: StateRecord): StateRecord {
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
 * Upgrades the counters of a PPO checkpoint. If it counted updates only, its number of epochs is that of as many
 * complete updates, which is too high where `targetKl` had ended some early.
 */
export function upgradeCounters(counters: StateTree, { nEpochs }: { nEpochs: number }): StateTree {
  const { updates, epochs } = (counters ?? {}) as { updates?: unknown; epochs?: unknown };
  if (epochs !== undefined || typeof updates !== "number") return counters;
  return { ...(counters as StateRecord), epochs: updates * nEpochs };
}
