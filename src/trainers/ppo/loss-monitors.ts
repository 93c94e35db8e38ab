/** Names of the numbers that tell how a PPO minibatch went. */

/** Numbers that every minibatch gives: means over its steps, but for `ratioDeviation`, which is a maximum. */
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

/** The numbers in the order of {@link lossMonitors}, in which learners exchange them. */
export function inOrder(numbers: Readonly<Record<LossMonitor, number>>): number[] {
  return lossMonitors.map((name) => numbers[name]);
}
