/**
 * Layers for sequences and frames, their cells, and single steps without tensors.
 *
 * @module ncps-ts/layers
 */

export { CfCCell, type CfCCellOptions } from "../cells/cfc-cell.js";
export type { CreateVariable } from "../cells/cfc-weights.js";
export { elapsedFromTimestamps, type TimestampOptions } from "../cells/elapsed-from-timestamps.js";
export { LTCCell, type LTCCellOptions } from "../cells/ltc-cell.js";
export { type LTCRangeName, type LTCRanges, ltcRanges } from "../cells/ltc-ranges.js";
export type { LTCMapping } from "../cells/ltc-weights.js";
export { MixedMemoryCell, type MixedMemoryCellOptions } from "../cells/mixed-memory-cell.js";
export type {
  CellStep,
  RecurrentCell,
  SequenceCell,
  SequenceOptions,
  StepOptions,
} from "../cells/recurrent-cell.js";
export { WiredCfCCell, type WiredCfCCellOptions, type WiredCfCLayer } from "../cells/wired-cfc-cell.js";
export type { CfCRecurrence } from "../cells/wired-masks.js";
export type { CfCActivation } from "../recurrent/ops/activations.js";
export type { CfCFlavour, CfCMode, CfCWeights, LinearWeights } from "../recurrent/ops/cfc-problem.js";
export { type CfCScanOptions, type CfCScanResult, cfcScan } from "../recurrent/ops/cfc-scan.js";
export type { LTCSynapses, LTCWeights } from "../recurrent/ops/ltc-problem.js";
export { type LTCScanOptions, ltcScan } from "../recurrent/ops/ltc-scan.js";
export type { LstmWeights } from "../recurrent/ops/mixed-memory-step.js";
export type { Elapsed } from "../recurrent/ops/sequence-rows.js";
export {
  type NeuronLabel,
  neuronLabels,
  type StateTrace,
  type TraceableLayer,
  type TraceStatesOptions,
  traceStates,
} from "../steppers/step-trace.js";
export { createStepper, type SteppableLayer, Stepper } from "../steppers/stepper.js";
export type { Activation, AffineVariables, AffineWeights } from "./affine.js";
export {
  Block,
  type BlockOptions,
  type CallOptions,
  type LayerShape,
  type VariableOptions,
} from "./block.js";
export { CfC, type CfCOptions, type CfCSequenceOptions } from "./cfc.js";
export type { CfCCore, CfCCoreOptions } from "./cfc-core.js";
export { ConvBlock, type ConvBlockOptions } from "./conv-block.js";
export { type Convolution, ConvStack, type ConvStackOptions } from "./conv-stack.js";
export { DuelingHead, type DuelingHeadOptions, duelingCombine } from "./dueling-head.js";
export { ImpalaConvBlock, type ImpalaConvBlockOptions } from "./impala-conv-block.js";
export { Linear, type LinearOptions } from "./linear.js";
export { LTC, type LTCOptions } from "./ltc.js";
export { MLP, type MLPOptions } from "./mlp.js";
export { NatureCNN, type NatureCNNOptions } from "./nature-cnn.js";
export { type BatchNorm, type BatchNormOptions, NormalizedBlock } from "./normalized-block.js";
export { RecurrentLayer, type RecurrentLayerOptions, type RecurrentScanOptions } from "./recurrent-layer.js";
export { TorchConvBlock, type TorchConvBlockOptions } from "./torch-conv-block.js";
