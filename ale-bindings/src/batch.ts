/** Batches as ALE's vector environment sends them. */

/** Views into the record of a batch; they hold until the next one arrives. */
export interface BatchRecord {
  /** How many games. */
  size: number;
  /** Whether last observations of ended episodes follow. */
  hasFinal: boolean;
  /** Seconds spent on the Python side. */
  seconds: number;
  /** Bytes of this record; the observations come behind. */
  length: number;
  /** Unclipped. */
  rewards: Int32Array;
  /** Of the new game where an episode ended. */
  lives: Int32Array;
  /** Frames since the ROM was loaded. */
  frames: Int32Array;
  /** Frames since the game began. */
  episodeFrames: Int32Array;
  /** Which games these are. */
  envIds: Int32Array;
  /** 1 where it ended. */
  terminated: Uint8Array;
  /** 1 where it was cut. */
  truncated: Uint8Array;
}

const HEADER = 24;

/** Bytes of the record of `size` games. */
export function batchRecordLength(size: number): number {
  return HEADER + 20 * size + 4 * Math.ceil(size / 2);
}

/** Reads a whole reply whose first byte is the first of its buffer. */
export function readBatch(reply: Uint8Array): BatchRecord {
  const { buffer } = reply;
  const view = new DataView(buffer);
  const size = view.getUint32(8, true);
  const column = (i: number) => new Int32Array(buffer, HEADER + 4 * size * i, size);
  const flags = HEADER + 20 * size;
  return {
    size,
    hasFinal: view.getUint32(12, true) === 1,
    seconds: view.getFloat64(16, true),
    length: batchRecordLength(size),
    rewards: column(0),
    lives: column(1),
    frames: column(2),
    episodeFrames: column(3),
    envIds: column(4),
    terminated: new Uint8Array(buffer, flags, size),
    truncated: new Uint8Array(buffer, flags + size, size),
  };
}
