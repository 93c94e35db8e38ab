/** Messages from the server to the page. */

import type { Frame } from "../../envs/env.js";
import type { LogRow } from "../../logging/index.js";

/** One row of the log, as JSON; non-finite values are null. */
export interface RowMessage {
  /** Number of rows before it in the training. */
  index: number;
  /** Number of rows with an evaluation up to and including it. */
  evaluations: number;
  /** Whether it has an evaluation. */
  evaluated: boolean;
  /** Environment steps. */
  step: number;
  /** The metrics. */
  row: Record<string, number | null>;
}

/** What is trained, and its progress. */
export interface Status {
  /** Name of the run. */
  title: string;
  /** Further details, such as `env` and `seed`. */
  details: Record<string, string | number>;
  /** Progress of the training; undefined before it begins. */
  progress?: {
    /** Share of the goal, 0..1. */
    share: number;
    /** Null until an estimate is possible. */
    secondsLeft: number | null;
  };
  /** Whether the training has ended. */
  ended: boolean;
}

/** A picture of the game, and the activity of the neurons. */
export interface Scene {
  /** The picture. */
  frame: Frame;
  /** Activities in -1..1; empty for feed-forward networks. */
  activity: Float32Array;
}

/** Converts a row's metrics to the form that is sent. */
export function finiteRow(row: LogRow): RowMessage["row"] {
  const finite = ([key, value]: [string, number]) => [key, Number.isFinite(value) ? value : null];
  return Object.fromEntries(Object.entries(row).map(finite));
}

/** Encodes a scene: height, width, number of neurons (32 bits each), activities, pixels. */
export function encodeScene({ frame, activity }: Scene): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12 + activity.length * 4 + frame.data.length);
  new Uint32Array(bytes.buffer, 0, 3).set([frame.height, frame.width, activity.length]);
  new Float32Array(bytes.buffer, 12, activity.length).set(activity);
  bytes.set(frame.data, 12 + activity.length * 4);
  return bytes;
}

/** Decodes a scene. */
export function decodeScene(bytes: ArrayBuffer): Scene {
  const [height, width, neurons] = new Uint32Array(bytes, 0, 3);
  const activity = new Float32Array(bytes, 12, neurons);
  return { frame: { height, width, data: new Uint8Array(bytes, 12 + neurons * 4) }, activity };
}
