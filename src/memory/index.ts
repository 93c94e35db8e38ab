/**
 * Rollout buffers and replay memories.
 *
 * @module ncps-ts/memory
 */

export {
  PrioritizedReplayMemory,
  type PrioritizedReplayMemoryOptions,
  type SampledTransitions,
} from "./prioritized-replay-memory.js";
export {
  type ReplayBatch,
  ReplayMemory,
  type ReplayMemoryOptions,
  type ReplayStep,
} from "./replay-memory.js";
export {
  type FinishRolloutInput,
  type MinibatchOptions,
  RolloutBuffer,
  type RolloutBufferOptions,
  type RolloutMinibatch,
  type RolloutStep,
} from "./rollout-buffer.js";
export { MinTree, SegmentTree, SumTree } from "./segment-tree.js";
export {
  type CutSequencesInput,
  cutSequences,
  type MinibatchMode,
  type Sequences,
  type SplitMinibatchesInput,
  splitMinibatches,
} from "./sequences.js";
