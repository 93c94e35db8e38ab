/** Interleaving of frames along the last axis. */

import type { TypedArray } from "../core/state.js";

/**
 * Joins frames along their last axis, as `FrameStack` does: pixel by pixel the channels of the first frame, of the
 * second, and so on.
 *
 * @param frames frames of equal length, oldest first · @param channels size of their last axis · @param out the stack
 */
export function interleave(frames: readonly TypedArray[], channels: number, out: TypedArray): void {
  const [first] = frames;
  if (first.length === channels) {
    for (let i = 0; i < frames.length; i++) out.set(frames[i], i * channels);
    return;
  }
  if (channels === 1 && interleaveBytes(frames, out)) return;
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

// Interleaves three or four byte frames, four pixels of each at a time, in 32-bit words.
function interleaveBytes(frames: readonly TypedArray[], out: TypedArray): boolean {
  if (frames.length !== 3 && frames.length !== 4) return false;
  if (!(out instanceof Uint8Array) || out.byteOffset % 4 !== 0 || !littleEndian) return false;
  if (frames.some((frame) => frame.byteOffset % 4 !== 0 || frame.length % 4 !== 0)) return false;
  const target = words(out);
  if (frames.length === 3) joinThree(words(frames[0]), words(frames[1]), words(frames[2]), target);
  else joinFour(words(frames[0]), words(frames[1]), words(frames[2]), words(frames[3]), target);
  return true;
}

// The transpose of a 4 x 4 matrix of bytes: first pairs of bytes, then pairs of halves.
function joinFour(p: Int32Array, q: Int32Array, r: Int32Array, s: Int32Array, out: Int32Array): void {
  const count = p.length;
  for (let i = 0, to = 0; i < count; i++, to += 4) {
    const a = p[i];
    const b = q[i];
    const c = r[i];
    const d = s[i];
    const evenLow = (a & 0x00ff00ff) | ((b & 0x00ff00ff) << 8);
    const oddLow = ((a >>> 8) & 0x00ff00ff) | (b & 0xff00ff00);
    const evenHigh = (c & 0x00ff00ff) | ((d & 0x00ff00ff) << 8);
    const oddHigh = ((c >>> 8) & 0x00ff00ff) | (d & 0xff00ff00);
    out[to] = (evenLow & 0xffff) | (evenHigh << 16);
    out[to + 1] = (oddLow & 0xffff) | (oddHigh << 16);
    out[to + 2] = (evenLow >>> 16) | (evenHigh & 0xffff0000);
    out[to + 3] = (oddLow >>> 16) | (oddHigh & 0xffff0000);
  }
}

// a0 b0 c0 a1, b1 c1 a2 b2, c2 a3 b3 c3.
function joinThree(p: Int32Array, q: Int32Array, r: Int32Array, out: Int32Array): void {
  const count = p.length;
  for (let i = 0, to = 0; i < count; i++, to += 3) {
    const a = p[i];
    const b = q[i];
    const c = r[i];
    out[to] = (a & 0xff) | ((b & 0xff) << 8) | ((c & 0xff) << 16) | ((a & 0xff00) << 16);
    out[to + 1] = ((b >>> 8) & 0xff) | (c & 0xff00) | (a & 0xff0000) | ((b & 0xff0000) << 8);
    out[to + 2] = ((c >>> 16) & 0xff) | ((a >>> 16) & 0xff00) | ((b >>> 8) & 0xff0000) | (c & 0xff000000);
  }
}

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

function words({ buffer, byteOffset, byteLength }: TypedArray): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}
