/** Batches in the format of ALE's vector environment. */

const HEADER = 16;

/** Size of the record of `size` games in bytes; their frames follow. */
export function batchRecordLength(size: number): number {
  return HEADER + 20 * size + 4 * Math.ceil(size / 2);
}

/** Views into the record of a batch; their contents change with the bytes. */
export class BatchRecord {
  /** Rewards, unclipped. */
  readonly rewards: Int32Array;
  /** Lives, those of the new game if an episode ended. */
  readonly lives: Int32Array;
  /** Number of frames since the ROM was loaded. */
  readonly frames: Int32Array;
  /** Number of frames since the game began. */
  readonly episodeFrames: Int32Array;
  /** Numbers of the games. */
  readonly envIds: Int32Array;
  /** 1 where the episode terminated. */
  readonly terminated: Uint8Array;
  /** 1 where the episode was truncated. */
  readonly truncated: Uint8Array;
  private readonly header: DataView;

  /**
   * @param buffer starts with the record
   * @param size number of games
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

  /** Whether the last frames of ended episodes follow the newest ones. */
  get hasFinal(): boolean {
    return this.header.getUint32(4, true) === 1;
  }

  /** Seconds spent on the Python side. */
  get seconds(): number {
    return this.header.getFloat64(8, true);
  }
}
