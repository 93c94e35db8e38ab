/** What the server tells the page. */

import type { Frame } from "../../envs/env.js";
import type { LogRow } from "../../logging/index.js";

/** One row of the log, as JSON: what is not finite is null. */
export interface RowMessage {
  /** Rows before it in the training. */
  index: number;
  /** Rows with an evaluation up to it, itself included. */
  evaluations: number;
  /** Whether it has an evaluation itself. */
  evaluated: boolean;
  /** Environment steps. */
  step: number;
  /** The figures. */
  row: Record<string, number | null>;
}

/** What is trained, and how far it is. */
export interface Status {
  /** Name of the run. */
  title: string;
  /** What else there is to know of it, such as `env` and `seed`. */
  details: Record<string, string | number>;
  /** How far the training is; undefined before it begins. */
  progress?: {
    /** Share of the goal, 0..1. */
    share: number;
    /** Null as long as nobody can know. */
    secondsLeft: number | null;
  };
  /** Whether the training has ended. */
  ended: boolean;
}

/** A picture of the game, and how active the neurons are. */
export interface Scene {
  /** The picture. */
  frame: Frame;
  /** Activities in -1..1; empty for networks without a state. */
  activity: Float32Array;
}

/** A row's figures as they are sent. */
export function finiteRow(row: LogRow): RowMessage["row"] {
  const finite = ([key, value]: [string, number]) => [key, Number.isFinite(value) ? value : null];
  return Object.fromEntries(Object.entries(row).map(finite));
}

/** A scene in bytes: height, width, number of neurons (32 bits each), activities, pixels. */
export function encodeScene({ frame, activity }: Scene): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12 + activity.length * 4 + frame.data.length);
  new Uint32Array(bytes.buffer, 0, 3).set([frame.height, frame.width, activity.length]);
  new Float32Array(bytes.buffer, 12, activity.length).set(activity);
  bytes.set(frame.data, 12 + activity.length * 4);
  return bytes;
}

/** The scene in such bytes. */
export function decodeScene(bytes: ArrayBuffer): Scene {
  const [height, width, neurons] = new Uint32Array(bytes, 0, 3);
  const activity = new Float32Array(bytes, 12, neurons);
  return { frame: { height, width, data: new Uint8Array(bytes, 12 + neurons * 4) }, activity };
}
