/**
 * Reinforcement-learning building blocks in TypeScript on TensorFlow.js.
 *
 * @module ncps-ts
 */

import "./envs/builtin.js";

export * from "tfjs-training";
export * from "tfjs-training";
export * from "./bridges/index.js";
export { CfCCell, type CfCCellOptions } from "./cells/cfc-cell.js";
export type { CreateVariable } from "./cells/cfc-weights.js";
export { elapsedFromTimestamps, type TimestampOptions } from "./cells/elapsed-from-timestamps.js";
export { LTCCell, type LTCCellOptions } from "./cells/ltc-cell.js";
export { type LtcRangeName, type LtcRanges, ltcRanges } from "./cells/ltc-ranges.js";
export type { LtcMapping } from "./cells/ltc-weights.js";
export { MixedMemoryCell, type MixedMemoryCellOptions } from "./cells/mixed-memory-cell.js";
export type {
  CellStep,
  RecurrentCell,
  SequenceCell,
  SequenceOptions,
  StepOptions,
} from "./cells/recurrent-cell.js";
export { WiredCfCCell, type WiredCfCCellOptions, type WiredCfcLayer } from "./cells/wired-cfc-cell.js";
export type { CfcRecurrence } from "./cells/wired-masks.js";
export * from "./checkpoints/index.js";
export * from "./core/episode-window.js";
export * from "./core/errors.js";
export type { InitializeOptions, InitializerKind } from "./core/initializers.js";
export * from "./core/random.js";
export * from "./core/running-mean-std.js";
export * from "./core/schedules.js";
export * from "./core/state.js";
export { AtariCloningDataset, type OpenDatasetOptions } from "./datasets/atari-cloning.js";
export {
  type CloningBatch,
  CloningBatches,
  type CloningBatchesOptions,
  type CloningSequences,
} from "./datasets/cloning-batches.js";
export {
  type CloningSequence,
  type CloningSplit,
  type ReadCloningOptions,
  readCloningSequence,
  writeCloningSequence,
} from "./datasets/cloning-format.js";
export { type CloningSink, type CloningSource, MemoryCloningSource } from "./datasets/cloning-source.js";
export {
  type LidarSequences,
  type LidarSplit,
  type LidarSplitOptions,
  splitLidarTraces,
} from "./datasets/lidar-sequences.js";
export { type LidarTrace, readLidarCsv, readLidarNpz } from "./datasets/lidar-traces.js";
export {
  type CloningChoice,
  type CloningExpert,
  type CloningPlayer,
  type CloningPolicy,
  type CloningRecord,
  type RecordCloningOptions,
  recordCloning,
} from "./datasets/record-cloning.js";
export * from "./envs/arcade/index.js";
export * from "./envs/check-env.js";
export { CartPoleEnv, type CartPoleOptions } from "./envs/classic/cart-pole.js";
export { CartPoleNoVelEnv } from "./envs/classic/cart-pole-no-vel.js";
export { PendulumEnv, type PendulumOptions } from "./envs/classic/pendulum.js";
export { PendulumNoVelEnv } from "./envs/classic/pendulum-no-vel.js";
export * from "./envs/env.js";
export * from "./envs/registry.js";
export * from "./images/index.js";
export type { Activation, AffineVariables, AffineWeights } from "./layers/affine.js";
export {
  Block,
  type BlockOptions,
  type CallOptions,
  type LayerShape,
  type VariableOptions,
} from "./layers/block.js";
export { CfC, type CfCOptions, type CfCSequenceOptions } from "./layers/cfc.js";
export type { CfCCore, CfCCoreOptions } from "./layers/cfc-core.js";
export { ConvBlock, type ConvBlockOptions } from "./layers/conv-block.js";
export { ConvStack, type ConvStackOptions } from "./layers/conv-stack.js";
export { DuelingHead, type DuelingHeadOptions, duelingCombine } from "./layers/dueling-head.js";
export { ImpalaConvBlock, type ImpalaConvBlockOptions } from "./layers/impala-conv-block.js";
export { Linear, type LinearOptions } from "./layers/linear.js";
export { LTC, type LTCOptions } from "./layers/ltc.js";
export { MLP, type MLPOptions } from "./layers/mlp.js";
export { type Convolution, NatureCNN, type NatureCNNOptions } from "./layers/nature-cnn.js";
export { type BatchNorm, type BatchNormOptions, NormalizedBlock } from "./layers/normalized-block.js";
export {
  RecurrentLayer,
  type RecurrentLayerOptions,
  type RecurrentScanOptions,
} from "./layers/recurrent-layer.js";
export { TorchConvBlock, type TorchConvBlockOptions } from "./layers/torch-conv-block.js";
export * from "./logging/index.js";
export * from "./losses/index.js";
export * from "./memory/index.js";
export * from "./models/index.js";
export type { CfcActivation } from "./recurrent/ops/activations.js";
export type { CfcFlavour, CfcMode, CfcWeights, LinearWeights } from "./recurrent/ops/cfc-problem.js";
export { type CfcScanOptions, type CfcScanResult, cfcScan } from "./recurrent/ops/cfc-scan.js";
export type { LtcSynapses, LtcWeights } from "./recurrent/ops/ltc-problem.js";
export { type LtcScanOptions, ltcScan } from "./recurrent/ops/ltc-scan.js";
export type { LstmWeights } from "./recurrent/ops/mixed-memory-step.js";
export type { Elapsed } from "./recurrent/ops/sequence-rows.js";
export * from "./rendering/index.js";
export * from "./spaces/index.js";
export {
  type NeuronLabel,
  neuronLabels,
  type StateTrace,
  type TraceableLayer,
  type TraceStatesOptions,
  traceStates,
} from "./steppers/step-trace.js";
export { createStepper, type SteppableLayer, Stepper } from "./steppers/stepper.js";
export * from "./trainers/index.js";
export type { AsyncVectorEnv, VectorBatch } from "./vector/async-vector-env.js";
export { EnvFailedError, type EnvFailure } from "./vector/env-failed-error.js";
export type { EnvModule, EnvModuleFactory, EnvModuleWrapper } from "./vector/env-recipe.js";
export type { EnvRestart } from "./vector/env-slot.js";
export {
  type MakeOwnVecEnvOptions,
  type MakeVecEnvOptions,
  type MakeWorkerVecEnvOptions,
  makeVecEnv,
} from "./vector/make-vec-env.js";
export { SyncVectorEnv, type SyncVectorEnvOptions } from "./vector/sync-vector-env.js";
export type { VectorEnv, VectorReset, VectorStep } from "./vector/vector-env.js";
export {
  installWorkerVectorEnv,
  type WorkerVectorEnvMaker,
  type WorkerVectorEnvOptions,
} from "./vector/worker-options.js";
export * from "./wirings/index.js";
export * from "./wrappers/index.js";
