/** Memory that the main thread and the worker threads of a vector environment share. */

import { type DType, sizeOf, type TypedArray } from "../../core/state.js";
import type { ActionSpace, Box } from "../../spaces/index.js";

/** Words of the control block that are common to all workers. */
export const Word = {
  /** Incremented with every answered request; the main thread sleeps on it. */
  answered: 0,
  /** Value of `answered` at which the main thread wants to be woken. */
  wanted: 1,
  /** Number of events of workers that need attention: a failure, their end. */
  alarms: 2,
  /** Counter for the tickets of answers. */
  tickets: 3,
} as const;

/** Words of the control block that belong to one worker. */
export const WorkerWord = {
  /** Changes when there is work; the worker sleeps on it. */
  wake: 0,
  /** Number of calls that the main thread has posted. */
  calls: 1,
  /** Number of calls that the worker has answered; the main thread sleeps on it during a call. */
  replies: 2,
  /** Index of the environment that is being made or stepped, or that failed; -1 for none. */
  playing: 3,
  /** Number of requests answered by this worker. */
  progress: 4,
  /** 1 when the worker's thread has ended. */
  ended: 5,
  /** Number of failed environments that the worker has replaced. */
  restarts: 6,
} as const;

/** Requests from the main thread to one environment. */
export const Request = { none: 0, step: 1, reset: 2, seededReset: 3 } as const;

/** Status of a request. */
export const Status = { idle: 0, asked: 1, ready: 2 } as const;

const HEADER = 4;
const PER_WORKER = 7;
const PER_ENV = 4;

/** Maximum number of numbers of one info in shared memory. */
export const INFO_NUMBERS = 32;
/** Schema index of an info that is sent as a message. */
export const INFO_BY_MESSAGE = -1;

/** The control block: counters and flags, all read and written with `Atomics`. */
export class ControlBlock {
  /** The words. */
  readonly words: Int32Array;

  /** @param memory made by {@link ControlBlock.allocate} · @param workers number of workers */
  constructor(
    readonly memory: SharedArrayBuffer,
    private readonly workers: number,
  ) {
    this.words = new Int32Array(memory);
  }

  /** Allocates memory for the given numbers of workers and environments. */
  static allocate(workers: number, numEnvs: number): SharedArrayBuffer {
    return new SharedArrayBuffer(4 * (HEADER + PER_WORKER * workers + PER_ENV * numEnvs));
  }

  /** Index of a word of worker `worker`. */
  ofWorker(worker: number, word: number): number {
    return HEADER + PER_WORKER * worker + word;
  }

  /** Index of environment `index`'s words: request, status, ticket of the answer, schema of the info. */
  ofEnv(index: number, word: 0 | 1 | 2 | 3): number {
    return HEADER + PER_WORKER * this.workers + PER_ENV * index + word;
  }

  /** Increments a word and wakes threads that sleep on it. */
  bump(word: number): void {
    Atomics.add(this.words, word, 1);
    Atomics.notify(this.words, word);
  }
}

/** Words of one environment, for {@link ControlBlock.ofEnv}. */
export const EnvWord = { request: 0, status: 1, ticket: 2, schema: 3 } as const;

/** Buffers of the arrays; plain data that can be sent to workers. */
export interface SharedBuffers {
  /** Element type of observations. */
  observationType: DType;
  /** Element type of actions. */
  actionType: DType;
  /** `[numEnvs, ...shape]` current observations. */
  observations: SharedArrayBuffer;
  /** `[numEnvs, ...shape]` last observations of ended episodes. */
  finals: SharedArrayBuffer;
  /** `[numEnvs, ...shape]` actions. */
  actions: SharedArrayBuffer;
  /** `[numEnvs]` rewards, float32. */
  rewards: SharedArrayBuffer;
  /** `[3, numEnvs]` bytes: terminated, truncated, whether an episode ended. */
  ends: SharedArrayBuffer;
  /** `[numEnvs]` last seeds of the environments, float64; NaN: none yet. */
  seeds: SharedArrayBuffer;
  /** `[numEnvs, INFO_NUMBERS]` numbers of infos, float64. */
  infos: SharedArrayBuffer;
}

/** Allocates the arrays of `numEnvs` environments. */
export function allocateBuffers(numEnvs: number, observations: Box, actions: ActionSpace): SharedBuffers {
  const bytes = (count: number, dtype: DType) =>
    new SharedArrayBuffer(numEnvs * count * arrayTypes[dtype].BYTES_PER_ELEMENT);
  const size = sizeOf(observations.shape);
  return {
    observationType: observations.dtype,
    actionType: actions.dtype,
    observations: bytes(size, observations.dtype),
    finals: bytes(size, observations.dtype),
    actions: bytes(sizeOf(actions.shape), actions.dtype),
    rewards: bytes(1, "float32"),
    ends: bytes(3, "uint8"),
    seeds: bytes(1, "float64"),
    infos: bytes(INFO_NUMBERS, "float64"),
  };
}

/** Views on {@link SharedBuffers}. */
export class SharedArrays {
  readonly observations: TypedArray;
  readonly finals: TypedArray;
  readonly actions: TypedArray;
  readonly rewards: Float32Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly ended: Uint8Array;
  readonly seeds: Float64Array;
  readonly infos: Float64Array;

  /** @param buffers made by {@link allocateBuffers} */
  constructor(buffers: SharedBuffers) {
    this.observations = viewOf(buffers.observations, buffers.observationType);
    this.finals = viewOf(buffers.finals, buffers.observationType);
    this.actions = viewOf(buffers.actions, buffers.actionType);
    this.rewards = new Float32Array(buffers.rewards);
    const n = this.rewards.length;
    this.terminated = new Uint8Array(buffers.ends, 0, n);
    this.truncated = new Uint8Array(buffers.ends, n, n);
    this.ended = new Uint8Array(buffers.ends, 2 * n, n);
    this.seeds = new Float64Array(buffers.seeds);
    this.infos = new Float64Array(buffers.infos);
  }
}

function viewOf(memory: SharedArrayBuffer, dtype: DType): TypedArray {
  // The types of arrays do not distinguish shared memory.
  return new arrayTypes[dtype](memory as unknown as ArrayBuffer);
}

const arrayTypes = {
  uint8: Uint8Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;
