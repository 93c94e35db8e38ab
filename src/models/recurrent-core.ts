/** The recurrent core of an actor-critic: its options, how it is made, how it is described. */

import type { CfCRecurrence } from "../cells/wired-masks.js";
import { InvalidArgumentError } from "../core/errors.js";
import { CfC } from "../layers/cfc.js";
import { LTC, type LTCOptions } from "../layers/ltc.js";
import type { CfCActivation } from "../recurrent/ops/activations.js";
import type { CfCFlavour, CfCMode } from "../recurrent/ops/cfc-problem.js";
import type { Wiring, WiringJSON } from "../wirings/index.js";
import { wiringFromJSON } from "../wirings/wiring-from-json.js";

/** Options of the CfC inside an actor-critic. */
export interface CfCCoreModelOptions {
  /** Units of a dense CfC, which are also its state and its output; default 64. Not beside `wiring`. */
  units?: number;
  /**
   * Neurons and synapses of a wired CfC, or what the wiring's `toJSON` returned; policy and value read its motor
   * neurons. Default: none, a dense CfC. A wired one has no backbone.
   */
  wiring?: Wiring | WiringJSON;
  /** How far the wiring is followed, default `"layer"`, as in ncps. Only beside `wiring`. */
  recurrence?: CfCRecurrence;
  /** Formula of the next state, default `"default"`. */
  mode?: CfCMode;
  /** Whether an LSTM stands beside the CfC, which doubles the state; default false. */
  mixedMemory?: boolean;
  /** Which of ncps's two formulas, default `"torch"` (the bounded one). */
  flavour?: CfCFlavour;
  /** Units of a dense CfC's backbone, default 128. */
  backboneUnits?: number;
  /** Layers of a dense CfC's backbone, default 1. */
  backboneLayers?: number;
  /** Activation of a dense CfC's backbone, default `"lecun_tanh"`. */
  backboneActivation?: CfCActivation;
}

/** Options of the LTC inside an actor-critic. */
export interface LTCCoreModelOptions
  extends Pick<
    LTCOptions,
    | "inputMapping"
    | "outputMapping"
    | "odeUnfolds"
    | "epsilon"
    | "implicitConstraints"
    | "initializationRanges"
    | "mixedMemory"
    | "flavour"
  > {
  /** Neurons that are all connected to each other and all motor neurons; default 64. Not beside `wiring`. */
  units?: number;
  /**
   * Neurons and synapses, or what the wiring's `toJSON` returned; policy and value read its motor neurons.
   * Default: all `units` connected.
   */
  wiring?: Wiring | WiringJSON;
}

/** A core that was made, with all options it was made with as plain data. */
export interface MadeCore {
  /** The layer, not built yet. */
  core: CfC | LTC;
  /** From which the same core can be made again. */
  config: Record<string, unknown>;
}

/**
 * Makes the CfC of a model.
 *
 * @throws InvalidArgumentError when an option has a wrong value, or two do not go together
 */
export function makeCfCCore(options: CfCCoreModelOptions, seed: number): MadeCore {
  const { mode = "default", mixedMemory = false, flavour = "torch", recurrence } = options;
  const wiring = readWiring(options.wiring);
  const common = { mode, mixedMemory, flavour };
  if (wiring) {
    const { units, backboneUnits, backboneLayers, backboneActivation } = options;
    if (backboneActivation !== undefined) {
      throw new InvalidArgumentError(
        "backboneActivation",
        "cannot be combined with wiring, which has no backbone",
      );
    }
    const core = new CfC({
      ...common,
      name: "cfc",
      wiring,
      units,
      recurrence,
      backboneUnits,
      backboneLayers,
      seed,
    });
    const config = { wiring: wiring.toJSON(), recurrence: recurrence ?? "layer", ...common };
    return { core, config };
  }
  const { units = 64, backboneUnits = 128, backboneLayers = 1, backboneActivation = "lecun_tanh" } = options;
  const sizes = { units, backboneUnits, backboneLayers };
  const core = new CfC({
    ...common,
    ...sizes,
    name: "cfc",
    recurrence,
    activation: backboneActivation,
    seed,
  });
  return { core, config: { ...sizes, backboneActivation, ...common } };
}

/**
 * Makes the LTC of a model.
 *
 * @throws InvalidArgumentError when an option has a wrong value, or two do not go together
 */
export function makeLTCCore(options: LTCCoreModelOptions, seed: number): MadeCore {
  const { mixedMemory = false, flavour = "torch", implicitConstraints, units } = options;
  const { inputMapping, outputMapping, odeUnfolds, epsilon, initializationRanges } = options;
  const wiring = readWiring(options.wiring);
  const core = new LTC({
    name: "ltc",
    ...(wiring ? { wiring, units } : { units: units ?? 64 }),
    inputMapping,
    outputMapping,
    odeUnfolds,
    epsilon,
    implicitConstraints,
    initializationRanges,
    mixedMemory,
    flavour,
    seed,
  });
  const { cell } = core;
  const config = {
    ...(wiring ? { wiring: wiring.toJSON() } : { units: core.units }),
    inputMapping: cell.inputMapping,
    outputMapping: cell.outputMapping,
    odeUnfolds: cell.odeUnfolds,
    epsilon: cell.epsilon,
    implicitConstraints: cell.implicitConstraints,
    ...(initializationRanges && { initializationRanges: structuredClone(initializationRanges) }),
    mixedMemory,
    flavour,
  };
  return { core, config };
}

function readWiring(wiring: Wiring | WiringJSON | undefined): Wiring | undefined {
  if (wiring === undefined || isWiring(wiring)) return wiring;
  if (typeof wiring === "object" && wiring !== null && typeof wiring.type === "string") {
    return wiringFromJSON(wiring);
  }
  throw new InvalidArgumentError(
    "wiring",
    `expected a Wiring such as AutoNCP, or what its toJSON() returned, received ${String(wiring)}`,
  );
}

function isWiring(wiring: Wiring | WiringJSON): wiring is Wiring {
  return typeof wiring?.build === "function";
}
