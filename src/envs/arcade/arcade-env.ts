/** Base class of the arcade environments. */

import { checkOptions } from "../../core/check-options.js";
import { InvalidArgumentError, InvalidStateError } from "../../core/errors.js";
import { Random } from "../../core/random.js";
import type { StateRecord, TypedArray } from "../../core/state.js";
import { Box, Discrete } from "../../spaces/index.js";
import {
  type Action,
  type Env,
  type Frame,
  type Info,
  type ResetOptions,
  type ResetResult,
  resetNames,
  type StepResult,
} from "../env.js";
import type { ArcadeGame } from "./arcade-game.js";
import { type ArcadeOptions, resolveArcadeOptions } from "./arcade-options.js";
import { SCREEN_HEIGHT, SCREEN_WIDTH } from "./screen-size.js";

type Phase = "new" | "running" | "ended" | "closed";

/**
 * An {@link ArcadeGame} as an environment: adds observations, frameskip, sticky actions, time limit and saved states.
 *
 * `info` of `reset` and `step` contains `lives`, `episodeFrameNumber` (frames of this episode) and
 * `frameNumber` (frames since the environment was created).
 */
export abstract class ArcadeEnv implements Env {
  /** @inheritDoc */
  readonly actionSpace: Discrete;
  /** @inheritDoc */
  abstract readonly id: string;
  /** @inheritDoc */
  readonly observationSpace: Box;
  /** Options including defaults. */
  readonly settings: Required<ArcadeOptions>;
  private readonly observation: Uint8Array | Float32Array;
  private random = new Random();
  private phase: Phase = "new";
  private lastAction = 0;
  private frameNumber = 0;
  private episodeFrameNumber = 0;

  /**
   * @param features length of the feature vector
   * @throws InvalidArgumentError when an option has an invalid value
   */
  constructor(
    private readonly rules: ArcadeGame,
    /** @inheritDoc */
    readonly actionMeanings: readonly string[],
    features: number,
    options: ArcadeOptions,
  ) {
    this.settings = resolveArcadeOptions(options);
    this.actionSpace = new Discrete(actionMeanings.length);
    if (this.settings.observation === "rgb") {
      const shape = [SCREEN_HEIGHT, SCREEN_WIDTH, 3];
      this.observationSpace = new Box({ low: 0, high: 255, shape, dtype: "uint8" });
      this.observation = new Uint8Array(SCREEN_HEIGHT * SCREEN_WIDTH * 3);
    } else {
      this.observationSpace = new Box({ low: -1, high: 1, shape: [features] });
      this.observation = new Float32Array(features);
    }
  }

  /** Draws the current frame; the bytes are overwritten by the next call. */
  protected abstract draw(): Uint8Array;

  /** Writes the feature vector of the current state. */
  protected abstract writeFeatures(out: Float32Array): void;

  /**
   * Starts a new game.
   *
   * @throws InvalidStateError after `close`
   */
  reset(options: ResetOptions = {}): ResetResult {
    checkOptions("reset", options, resetNames);
    const { seed } = options;
    this.requireOpen("reset");
    if (seed !== undefined) this.random = new Random(seed);
    this.rules.start();
    this.phase = "running";
    this.lastAction = 0;
    this.episodeFrameNumber = 0;
    return { observation: this.observe(), info: this.info() };
  }

  /**
   * Plays one action for `frameskip` frames, fewer if the game ends.
   *
   * @param action index into {@link ArcadeEnv.actionMeanings}
   * @throws InvalidStateError before `reset`, after the end of the episode and after `close`
   * @throws InvalidArgumentError when the action is not one of the space
   */
  step(action: Action): StepResult {
    if (this.phase !== "running") throw new InvalidStateError(whyNoStep[this.phase]);
    if (typeof action !== "number" || !this.actionSpace.contains(action)) {
      const known = this.actionMeanings.map((meaning, i) => `${i} ${meaning}`).join(", ");
      throw new InvalidArgumentError("action", `expected ${known}; received ${action}`);
    }
    const { rules, random } = this;
    const { frameskip, maxFrames } = this.settings;
    const sticky = this.settings.repeatActionProbability * 0x100000000;
    let reward = 0;
    let truncated = false;
    for (let i = 0; i < frameskip && !rules.over && !truncated; i++) {
      if (sticky === 0 || random.uint32() >= sticky) this.lastAction = action;
      reward += rules.frame(this.lastAction);
      this.frameNumber++;
      truncated = ++this.episodeFrameNumber >= maxFrames;
    }
    const terminated = rules.over;
    truncated = truncated && !terminated;
    if (terminated || truncated) this.phase = "ended";
    return { observation: this.observe(), reward, terminated, truncated, info: this.info() };
  }

  private observe(): TypedArray {
    if (this.observation instanceof Uint8Array) this.observation.set(this.draw());
    else this.writeFeatures(this.observation);
    return this.observation;
  }

  private info(): Info {
    const { frameNumber, episodeFrameNumber } = this;
    return { lives: this.rules.lives, frameNumber, episodeFrameNumber };
  }

  /**
   * The screen, whatever the observation type: 210 rows, 160 columns.
   *
   * @throws InvalidStateError before the first `reset` and after `close`
   */
  render(): Frame {
    this.requireOpen("render");
    if (this.phase === "new") throw new InvalidStateError("render() before reset(): call reset() first");
    return { height: SCREEN_HEIGHT, width: SCREEN_WIDTH, data: this.draw().slice() };
  }

  /** @inheritDoc */
  close(): void {
    this.phase = "closed";
  }

  /** Closes the environment at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  private requireOpen(method: string): void {
    if (this.phase === "closed") {
      throw new InvalidStateError(`${method}() after close(): create a new environment`);
    }
  }

  /**
   * @inheritDoc
   * @throws InvalidStateError after `close`
   */
  getState(): StateRecord {
    this.requireOpen("getState");
    const { phase, lastAction, frameNumber, episodeFrameNumber } = this;
    const game = this.rules.getState();
    return { phase, lastAction, frameNumber, episodeFrameNumber, game, random: this.random.getState() };
  }

  /**
   * Restores the state that {@link ArcadeEnv.getState} returned.
   *
   * @throws InvalidStateError after `close`
   * @throws InvalidArgumentError when the state is not from this environment
   */
  setState(state: StateRecord): void {
    this.requireOpen("setState");
    const { phase, lastAction, frameNumber, episodeFrameNumber, game, random } = state;
    const known = phase === "new" || phase === "running" || phase === "ended";
    const numbers = [lastAction, frameNumber, episodeFrameNumber].every(Number.isInteger);
    if (!known || !numbers || !isRecord(game) || !isRecord(random)) {
      throw new InvalidArgumentError("state", `expected what getState() of ${this.id} returned`);
    }
    const generator = new Random(0);
    generator.setState(random); // throws before anything has changed, like the game
    this.rules.setState(game);
    this.random = generator;
    this.phase = phase;
    this.lastAction = lastAction as number;
    this.frameNumber = frameNumber as number;
    this.episodeFrameNumber = episodeFrameNumber as number;
  }
}

function isRecord(value: unknown): value is StateRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

const whyNoStep = {
  new: "step() before reset(): call reset() first",
  ended: "step() after the end of the episode: call reset() first",
  closed: "step() after close(): create a new environment",
} as const;
