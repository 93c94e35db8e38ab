/** What the main thread and the workers of a vector environment write to each other, beside the shared memory. */

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

/** An `EnvModule` as it is sent. */
export interface SentModule extends SentExport {
  /** Its options. */
  options: EnvOptions;
}

/** An `EnvRecipe` as it is sent. */
export interface SentRecipe {
  /** Registered id, or a module. */
  env: string | SentModule;
  /** Options for an id. */
  envOptions: EnvOptions;
  /** Options of `wrapDeepmind`. */
  wrapDeepmind: boolean | WrapOptions;
  /** The outermost wrapper. */
  wrapper: SentModule | null;
  /** Modules that are imported before. */
  imports: string[];
}

/** What a worker is started with. */
export interface WorkerSetup {
  /** Its end of the channel. */
  port: MessagePort;
  /** URL of the thread's program. */
  program: string;
  /** Position of the word on which the main thread waits for replies. */
  replies: number;
  /** The control block. */
  control: SharedArrayBuffer;
  /** How its environments are made. */
  recipe: SentRecipe;
  /** Number of this worker. */
  worker: number;
  /** How many workers there are. */
  workers: number;
  /** Its first environment. */
  first: number;
  /** How many environments it has. */
  count: number;
  /** Whether it replaces environments that throw. */
  restartOnFailure: boolean;
}

/** What a worker tells of its environments. */
export interface Description {
  /** Their observation space. */
  observationSpace: SpaceJSON;
  /** Their action space. */
  actionSpace: SpaceJSON;
  /** Names of their actions. */
  actionMeanings: readonly string[] | null;
  /** Whether all of them can be saved. */
  canSave: boolean;
}

/** What is done with a method or a field of environments. */
export type MemberAccess =
  | { do: "call"; name: string; args: unknown[] }
  | { do: "get"; name: string }
  | { do: "set"; name: string; value: unknown; indices: readonly number[] };

/** From the main thread; each gets one reply. */
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

/** From a worker. */
export type Message =
  | { kind: "reply"; value: Reply }
  | { kind: "refusal"; error: SentError }
  | { kind: "failure"; index: number; error: SentError }
  | { kind: "schema"; schema: InfoSchema }
  | { kind: "info"; index: number; info: Info }
  | { kind: "child"; pid: number; index: number }
  | { kind: "childEnd"; pid: number };
