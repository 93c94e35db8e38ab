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
