/** Hints for options of Stable-Baselines3 trainers that have another name or place here. */

const network = "the network is the option model; by default it goes by the observations";
const rewards = "it is an option of the trainer here: normalizeReward, normalizeObservation";

/** Hints by the names of SB3's trainer options. */
export const trainerHints = {
  policy: network,
  policy_kwargs: network,
  policyKwargs: network,
  verbose: "it is an option of learn()",
  logger: "it is an option of learn()",
  callbacks: "they are an option of learn()",
  progressBar: "it is an option of learn()",
  tensorboard_log: "give learn() a logger with a TensorBoardSink, or the one of openRun()",
  tensorboardLog: "give learn() a logger with a TensorBoardSink, or the one of openRun()",
  device: "useBackend() chooses what computes",
  n_envs: "did you mean numEnvs?",
  nEnvs: "did you mean numEnvs?",
  optimize_memory_usage: "the memory keeps every frame once as it is",
  use_sde: "state-dependent exploration is not offered",
  vec_normalize: rewards,
};
