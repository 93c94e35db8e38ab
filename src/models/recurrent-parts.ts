/** Encoders and heads of the recurrent actor-critics. */

import type { Block } from "../layers/block.js";
import type { Convolution } from "../layers/conv-stack.js";
import { Linear } from "../layers/linear.js";
import { MLP } from "../layers/mlp.js";
import { NatureCNN } from "../layers/nature-cnn.js";
import type { ActionSpace } from "../spaces/index.js";
import { policyHead } from "./policy-head.js";

/** Options of the layers before a recurrent core for vectors. */
export interface VectorEncoderOptions {
  /** Widths of the layers before the core, default `[64]`; `[]` for none. */
  hiddenUnits?: readonly number[];
  /** Activation of the layers before the core, default `"tanh"`. */
  activation?: "tanh" | "relu";
}

/** Options of the convolutions before a recurrent core for frames. */
export interface FrameEncoderOptions {
  /** Number of features between the convolutions and the core, default 512. */
  features?: number;
  /** The convolutions, default those of Mnih et al. 2015. */
  convolutions?: readonly Convolution[];
}

/** Makes the MLP before a core; no encoder if there are no layers. Orthogonal with gain √2. */
export function vectorEncoder(
  { hiddenUnits = [64], activation = "tanh" }: VectorEncoderOptions,
  seed: () => number,
): { encoder?: MLP; config: Record<string, unknown> } {
  const config = { hiddenUnits: [...hiddenUnits], activation };
  if (hiddenUnits.length === 0) return { config };
  return { encoder: new MLP({ name: "encoder", hiddenUnits, activation, seed: seed() }), config };
}

/** Makes the convolutions before a core; options and description are those of {@link NatureCNN} except its units. */
export function frameEncoder(
  { features = 512, convolutions }: FrameEncoderOptions,
  seed: () => number,
): { encoder: NatureCNN; config: Record<string, unknown> } {
  return {
    encoder: new NatureCNN({ name: "nature_cnn", units: features, convolutions, seed: seed() }),
    config: { features, ...(convolutions && { convolutions }) },
  };
}

/** Makes a policy head and a value head: orthogonal with gains 0.01 and 1. */
export function orthogonalHeads(
  actionSpace: ActionSpace,
  { logStd, seed }: { logStd?: number; seed: () => number },
): { policyHead: Block; valueHead: Block } {
  const head = (name: string, gain: number) =>
    ({ name, gain, kernelInitializer: "orthogonal", seed: seed() }) as const;
  return {
    policyHead: policyHead(actionSpace, { ...head("policy_head", 0.01), logStd }),
    valueHead: new Linear({ ...head("value_head", 1), units: 1 }),
  };
}
