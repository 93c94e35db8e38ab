/** Batches as ALE's vector environment sends them. */

const HEADER = 16;

/** Bytes of the record of `size` games; their pictures come behind. */
export function batchRecordLength(size: number): number {
  return HEADER + 20 * size + 4 * Math.ceil(size / 2);
}

/** Views into the record of a batch; what they show changes with the bytes. */
export class BatchRecord {
  /** Unclipped. */
  readonly rewards: Int32Array;
  /** Of the new game where an episode ended. */
  readonly lives: Int32Array;
  /** Frames since the ROM was loaded. */
  readonly frames: Int32Array;
  /** Frames since the game began. */
  readonly episodeFrames: Int32Array;
  /** Which games these are. */
  readonly envIds: Int32Array;
  /** 1 where it ended. */
  readonly terminated: Uint8Array;
  /** 1 where it was cut. */
  readonly truncated: Uint8Array;
  private readonly header: DataView;

  /**
   * @param buffer begins with the record
   * @param size how many games
   */
  constructor(
    buffer: ArrayBufferLike,
    readonly size: number,
  ) {
    const column = (i: number) => new Int32Array(buffer, HEADER + 4 * size * i, size);
    const flags = HEADER + 20 * size;
    this.header = new DataView(buffer, 0, HEADER);
    this.rewards = column(0);
    this.lives = column(1);
    this.frames = column(2);
    this.episodeFrames = column(3);
    this.envIds = column(4);
    this.terminated = new Uint8Array(buffer, flags, size);
    this.truncated = new Uint8Array(buffer, flags + size, size);
  }

  /** Whether the last pictures of ended episodes follow the newest ones. */
  get hasFinal(): boolean {
    return this.header.getUint32(4, true) === 1;
  }

  /** Seconds spent on the Python side. */
  get seconds(): number {
    return this.header.getFloat64(8, true);
  }
}
