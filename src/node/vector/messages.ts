/** Messages between the main thread and the workers of a vector environment, in addition to the shared memory. */

import type { MessagePort } from "node:worker_threads";
import type { StateRecord } from "../../core/state.js";
import type { Frame, Info } from "../../envs/env.js";
import type { EnvOptions } from "../../envs/registry.js";
import type { SpaceJSON } from "../../spaces/index.js";
import type { WrapOptions } from "../../wrappers/wrap-deepmind.js";
import type { SentExport } from "../workers/import-function.js";
import type { SentError } from "../workers/sent-error.js";
import type { InfoSchema } from "./info-codec.js";
import type { SharedBuffers } from "./shared-memory.js";

/** An `EnvModule` in the form that is sent. */
export interface SentModule extends SentExport {
  /** Options of the factory. */
  options: EnvOptions;
}

/** An `EnvRecipe` in the form that is sent. */
export interface SentRecipe {
  /** Registered id, or a module. */
  env: string | SentModule;
  /** Options for an id. */
  envOptions: EnvOptions;
  /** Options of `wrapDeepmind`. */
  wrapDeepmind: boolean | WrapOptions;
  /** The outermost wrapper. */
  wrapper: SentModule | null;
  /** Modules to import before. */
  imports: string[];
}

/** Start data of a worker. */
export interface WorkerSetup {
  /** The worker's end of the channel. */
  port: MessagePort;
  /** URL of the thread's program. */
  program: string;
  /** Index of the word on which the main thread waits for replies. */
  replies: number;
  /** The control block. */
  control: SharedArrayBuffer;
  /** How its environments are created. */
  recipe: SentRecipe;
  /** Index of this worker. */
  worker: number;
  /** Number of workers. */
  workers: number;
  /** Index of its first environment. */
  first: number;
  /** Number of its environments. */
  count: number;
  /** Whether it replaces environments that throw. */
  restartOnFailure: boolean;
}

/** A worker's description of its environments. */
export interface Description {
  /** Observation space of the environments. */
  observationSpace: SpaceJSON;
  /** Action space of the environments. */
  actionSpace: SpaceJSON;
  /** Names of the actions. */
  actionMeanings: readonly string[] | null;
  /** Whether all of them can be saved. */
  canSave: boolean;
}

/** Access to a method or a field of environments. */
export type MemberAccess =
  | { do: "call"; name: string; args: unknown[] }
  | { do: "get"; name: string }
  | { do: "set"; name: string; value: unknown; indices: readonly number[] };

/** A call from the main thread; each gets one reply. */
export type Call =
  | { kind: "attach"; buffers: SharedBuffers }
  | { kind: "begin"; indices: number[]; seeds: (number | null)[]; steps: number[] }
  | { kind: "render"; index: number }
  | { kind: "getState" }
  | { kind: "setState"; envs: StateRecord[]; seeds: (number | null)[]; steps: number }
  | { kind: "resetOptions"; options: Readonly<Record<string, unknown>> }
  | { kind: "member"; access: MemberAccess }
  | { kind: "close" };

/** The value of a reply. */
export type Reply = Description | Frame | StateRecord[] | unknown[] | null;

/** A message from a worker. */
export type Message =
  | { kind: "reply"; value: Reply }
  | { kind: "refusal"; error: SentError }
  | { kind: "failure"; index: number; error: SentError }
  | { kind: "schema"; schema: InfoSchema }
  | { kind: "info"; index: number; info: Info }
  | { kind: "child"; pid: number; index: number }
  | { kind: "childEnd"; pid: number };
