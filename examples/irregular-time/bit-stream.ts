/** Bits as events: the output of a sensor that only reports changes. */

import type { Random } from "ncps-ts";

/** A batch of event streams, padded at the end. */
export interface BitStreams {
  /** Value of the bit in each event, 1 or -1, padding 0, `[batch, events]`. */
  bits: Float32Array;
  /** How many equal bits each event stands for, padding 0, `[batch, events]`. */
  elapsed: Float32Array;
  /** 1 for an event, 0 for padding, `[batch, events]`. */
  mask: Float32Array;
  /** XOR of all bits up to the end of each event, `[batch, events]`. */
  parity: Float32Array;
  /** Index of the last event of each stream `[batch]`. */
  last: Int32Array;
}

/**
 * Draws bit streams of the CfC paper's XOR task (Hasani et al. 2022): a run of equal bits becomes one event
 * with its duration, and the label is the XOR of all bits. Without the durations the label cannot be
 * inferred.
 *
 * @param length bits in each stream, also the padded number of events
 */
export function drawBitStreams(random: Random, batch: number, length: number): BitStreams {
  const streams: BitStreams = {
    bits: new Float32Array(batch * length),
    elapsed: new Float32Array(batch * length),
    mask: new Float32Array(batch * length),
    parity: new Float32Array(batch * length),
    last: new Int32Array(batch),
  };
  for (let row = 0; row < batch; row++) {
    let event = -1;
    let before = Number.NaN;
    let parity = 0;
    for (let i = 0; i < length; i++) {
      const bit = random.integer(2);
      if (bit !== before) event++;
      before = bit;
      parity ^= bit;
      const at = row * length + event;
      streams.bits[at] = 2 * bit - 1;
      streams.elapsed[at]++;
      streams.mask[at] = 1;
      streams.parity[at] = parity;
    }
    streams.last[row] = event;
  }
  return streams;
}
