/** Records the states of all neurons at every step of a sequence. */

import * as tf from "@tensorflow/tfjs-core";
import { LTCCell } from "../cells/ltc-cell.js";
import { MixedMemoryCell } from "../cells/mixed-memory-cell.js";
import type { RecurrentCell, SequenceCell, SequenceOptions } from "../cells/recurrent-cell.js";
import { WiredCfCCell } from "../cells/wired-cfc-cell.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { ShapeError } from "../core/errors.js";
import { asFloat } from "../recurrent/ops/cfc-scan.js";
import { elapsedRows } from "../recurrent/ops/sequence-rows.js";
import { splitParts } from "../recurrent/ops/split-parts.js";
import type { BuiltWiring, NeuronType } from "../wirings/wiring.js";

/** The part of a layer that {@link traceStates} uses; built `CfC` and `LTC` layers have it. */
export interface TraceableLayer {
  /** The cell that runs: that of the layer, or with mixed memory a `MixedMemoryCell` around it. */
  readonly core: SequenceCell;
}

/** Options of {@link traceStates}, the same as those of the layer's scan. */
export interface TraceStatesOptions extends Omit<Partial<SequenceOptions>, "x" | "training"> {}

const names = optionNames<TraceStatesOptions>({
  state: true,
  resets: true,
  mask: true,
  elapsed: true,
});

/** Describes one element of a state. */
export interface NeuronLabel {
  /** `neuron_3` for a wired neuron of id 3, `unit_3` without wiring; `memory_...` for its counterpart in the LSTM. */
  readonly name: string;
  /** Role of a wired neuron; `"unit"` without wiring, `"memory"` for the LSTM of mixed memory. */
  readonly type: NeuronType | "unit" | "memory";
  /** Id in the wiring, or index of the unit. */
  readonly id: number;
}

/** Result of {@link traceStates}. */
export interface StateTrace {
  /** State after each step `[batch, time, stateSize]`; a masked step has the carried state. */
  states: tf.Tensor3D;
  /** Descriptions of the elements of the last axis `[stateSize]`. */
  neurons: readonly NeuronLabel[];
}

/**
 * Runs a layer over `[batch, time, features]` and keeps the state after every step, not only the outputs and the
 * last state. For visualisation and analysis: it takes one scan per step. Differentiable like the scan. Layouts of the
 * last axis:
 *
 * - CfC: the units
 * - CfC with a wiring: by layer, from the inputs to the outputs (of an NCP: inter, command, motor)
 * - LTC: by neuron id, motor neurons first
 * - mixed memory: the state of the cell as above, then the LSTM's memory of the same length
 *
 * @throws ShapeError when a tensor does not fit
 * @throws InvalidStateError before the layer is built
 *
 * @example
 * ```ts
 * const layer = new LTC({ wiring: new AutoNCP({ units: 16, outputSize: 4 }), seed: 0 });
 * layer.build([null, null, 8]);
 * const { states, neurons } = traceStates(layer, x); // x [2, 50, 8], states [2, 50, 16]
 * const motors = neurons.filter(({ type }) => type === "motor").map(({ name }) => name); // neuron_0 ...
 * ```
 */
export function traceStates(
  { core }: TraceableLayer,
  x: tf.Tensor3D,
  options: TraceStatesOptions = {},
): StateTrace {
  checkOptions("traceStates", options, names);
  if (x.shape.length !== 3 || x.shape[1] === 0) {
    throw new ShapeError("x", "[batch, time, features] with at least one step", x.shape);
  }
  const [batch, steps] = x.shape;
  for (const name of ["resets", "mask"] as const) {
    const flags = options[name];
    if (flags && flags.shape.join() !== `${batch},${steps}`) {
      throw new ShapeError(name, `[${batch}, ${steps}]`, flags.shape);
    }
  }
  const neurons = neuronLabels(core);
  const states = tf.tidy(() => {
    const times = elapsedRows(options.elapsed, batch, steps);
    const inputs = splitParts(asFloat(x), steps, 1);
    const resets = options.resets && tf.split(options.resets, steps, 1);
    const mask = options.mask && tf.split(options.mask, steps, 1);
    let state = options.state ?? core.initialState(batch);
    const kept = inputs.map((input, step) => {
      const elapsed =
        typeof times === "number"
          ? times
          : tf.reshape(tf.slice(times, [step * batch, 0], [batch, 1]), [batch]);
      ({ state } = core.scan({ x: input, state, resets: resets?.[step], mask: mask?.[step], elapsed }));
      return state;
    });
    return tf.stack(kept, 1) as tf.Tensor3D;
  });
  return { states, neurons };
}

/**
 * Describes each element of a cell's state, in the layouts of {@link traceStates}.
 *
 * @throws InvalidStateError for a wired cell that has not been built
 */
export function neuronLabels(cell: RecurrentCell): readonly NeuronLabel[] {
  if (cell instanceof MixedMemoryCell) {
    const labels = neuronLabels(cell.cell);
    const memory = labels.map(
      ({ name, id }): NeuronLabel => ({ name: `memory_${name}`, type: "memory", id }),
    );
    return [...labels, ...memory];
  }
  if (cell instanceof LTCCell) {
    const wiring = cell.builtWiring;
    return Array.from({ length: wiring.units }, (_, id) => wiredLabel(wiring, id));
  }
  if (cell instanceof WiredCfCCell) {
    const wiring = cell.builtWiring;
    return wiring.layers.flat().map((id) => wiredLabel(wiring, id));
  }
  return Array.from({ length: cell.stateSize }, (_, id) => ({ name: `unit_${id}`, type: "unit", id }));
}

function wiredLabel(wiring: BuiltWiring, id: number): NeuronLabel {
  return { name: `neuron_${id}`, type: wiring.neuronType(id), id };
}
