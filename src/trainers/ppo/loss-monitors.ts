/** Names of the metrics of a PPO minibatch. */

/** Metrics of every minibatch: means over its steps, except `ratioDeviation`, which is a maximum. */
export const lossMonitors = [
  "loss",
  "policyLoss",
  "valueLoss",
  "entropy",
  "approxKl",
  "clipFraction",
  "ratioDeviation",
  "kl",
] as const;

/** One of {@link lossMonitors}. */
export type LossMonitor = (typeof lossMonitors)[number];

/** Metrics in the order of {@link lossMonitors}, in which learners exchange them. */
export function inOrder(numbers: Readonly<Record<LossMonitor, number>>): number[] {
  return lossMonitors.map((name) => numbers[name]);
}
