/** Storage of experience. */

export { RolloutBuffer, type RolloutBufferOptions, type RolloutMinibatch } from "./rollout-buffer.js";
export {
  type CutSequencesInput,
  cutSequences,
  type MinibatchMode,
  type Sequences,
  type SplitMinibatchesInput,
  splitMinibatches,
} from "./sequences.js";
