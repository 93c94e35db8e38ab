/** Frames side by side along the last axis. */

import type { TypedArray } from "../core/state.js";

/**
 * Joins frames along their last axis, as `FrameStack` does: pixel by pixel the channels of the first frame, of the
 * second, and so on.
 *
 * @param frames of equal length, oldest first · @param channels size of their last axis · @param out all together
 */
export function interleave(frames: readonly TypedArray[], channels: number, out: TypedArray): void {
  const [first] = frames;
  if (first.length === channels) {
    for (let i = 0; i < frames.length; i++) out.set(frames[i], i * channels);
    return;
  }
  if (channels === 1 && frames.length === 4 && interleaveFourBytes(frames, out)) return;
  const step = frames.length * channels;
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i];
    if (channels === 1) {
      for (let from = 0, to = i; from < frame.length; from++, to += step) out[to] = frame[from];
      continue;
    }
    for (let from = 0, to = i * channels; from < frame.length; to += step) {
      for (let c = 0; c < channels; c++) out[to + c] = frame[from++];
    }
  }
}

// Four pixels of four frames at a time: the transpose of a 4 x 4 matrix of bytes, in 32-bit words.
function interleaveFourBytes(frames: readonly TypedArray[], out: TypedArray): boolean {
  if (!(out instanceof Uint8Array) || out.byteOffset % 4 !== 0 || !littleEndian) return false;
  if (frames.some((frame) => frame.byteOffset % 4 !== 0 || frame.length % 4 !== 0)) return false;
  const [p, q, r, s] = frames.map(words);
  const target = words(out);
  for (let i = 0, to = 0; i < p.length; i++, to += 4) {
    const [a, b, c, d] = [p[i], q[i], r[i], s[i]];
    const evenLow = (a & 0x00ff00ff) | ((b & 0x00ff00ff) << 8);
    const oddLow = ((a >>> 8) & 0x00ff00ff) | (b & 0xff00ff00);
    const evenHigh = (c & 0x00ff00ff) | ((d & 0x00ff00ff) << 8);
    const oddHigh = ((c >>> 8) & 0x00ff00ff) | (d & 0xff00ff00);
    target[to] = (evenLow & 0xffff) | (evenHigh << 16);
    target[to + 1] = (oddLow & 0xffff) | (oddHigh << 16);
    target[to + 2] = (evenLow >>> 16) | (evenHigh & 0xffff0000);
    target[to + 3] = (oddLow >>> 16) | (oddHigh & 0xffff0000);
  }
  return true;
}

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

function words({ buffer, byteOffset, byteLength }: TypedArray): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}
