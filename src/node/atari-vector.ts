/** ALE's own vector environment. */

import type { AtariVectorEnv, AtariVectorOptions } from "ale-bindings";
import type { Frame, ResetOptions } from "../envs/env.js";
import type { VectorEnvFactoryOptions } from "../envs/registry.js";
import { type ActionSpace, type Box, Discrete } from "../spaces/index.js";
import type { VectorEnv, VectorReset, VectorStep } from "../vector/vector-env.js";
import { translating, translatingAsync } from "./atari-errors.js";
import { boxOf } from "./atari-spaces.js";

type AleBindings = typeof import("ale-bindings");

/** A batch of {@link AtariVectorGame.recv}; all arrays belong to the games in `envIds`. */
export interface AtariBatch extends VectorStep {
  /** `[batchSize]` indices of these games. */
  envIds: Int32Array;
}

/**
 * ALE's own vector environment: many copies of a game, stepped by C++ threads of one Python process, with
 * DeepMind's preprocessing included. `makeVecEnv(id, { numEnvs, kind: "ale" })` makes one after
 * {@link registerAtari}. Observations are uint8 `[84, 84, 4]`; rewards are clipped to -1..1 unless
 * `rewardClipping` is off, while `info.episode` has the unclipped score. All options of `AtariVectorOptions` in
 * ale-bindings are supported; `layout` defaults to `"channelsLast"` here.
 *
 * States cannot be saved: a resumed run starts new games.
 */
export interface AtariVectorGame extends VectorEnv {
  /** Games in one batch of {@link AtariVectorGame.recv}; `step` needs it to be `numEnvs`. */
  readonly batchSize: number;
  /** Sends actions to the games of the last batch and returns immediately. */
  send(actions: ArrayLike<number>): void;
  /** Waits for the next batch: the games that are ready first. */
  recv(): Promise<AtariBatch>;
}

/** Creates the environment; `options` are those of ale-bindings. */
export async function makeAtariVector(
  bindings: AleBindings,
  id: string,
  options: VectorEnvFactoryOptions,
): Promise<AtariVectorGame> {
  const { AleError, AtariVectorEnv } = bindings;
  const given = { layout: "channelsLast", ...options } as AtariVectorOptions;
  const envs = await translatingAsync(AleError, () => AtariVectorEnv.create(id, given));
  return new TranslatedVectorEnv(bindings, envs);
}

/** ale-bindings' vector environment with this library's spaces and errors. */
class TranslatedVectorEnv implements AtariVectorGame {
  readonly numEnvs: number;
  readonly batchSize: number;
  readonly observationSpace: Box;
  readonly actionSpace: ActionSpace;
  readonly actionMeanings?: readonly string[];

  constructor(
    private readonly bindings: AleBindings,
    private readonly envs: AtariVectorEnv,
  ) {
    const { numEnvs, batchSize, observationSpace, actionSpace, actionMeanings } = envs;
    this.numEnvs = numEnvs;
    this.batchSize = batchSize;
    this.observationSpace = boxOf(observationSpace);
    this.actionSpace = actionSpace.kind === "box" ? boxOf(actionSpace) : new Discrete(actionSpace.n);
    if (actionMeanings) this.actionMeanings = actionMeanings;
  }

  reset(options: ResetOptions = {}): Promise<VectorReset> {
    return translatingAsync(this.bindings.AleError, () => this.envs.reset(options));
  }

  step(actions: ArrayLike<number>): Promise<AtariBatch> {
    return translatingAsync(this.bindings.AleError, () => this.envs.step(actions));
  }

  send(actions: ArrayLike<number>): void {
    translating(this.bindings.AleError, () => this.envs.send(actions));
  }

  recv(): Promise<AtariBatch> {
    return translatingAsync(this.bindings.AleError, () => this.envs.recv());
  }

  render(index: number): Frame {
    return translating(this.bindings.AleError, () => this.envs.render(index));
  }

  close(): Promise<void> {
    return this.envs.close();
  }

  /** Closes everything at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
