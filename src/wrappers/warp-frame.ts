/** Small gray pictures. */

import { checkOptions } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import type { TypedArray } from "../core/state.js";
import type { Action, Env, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import { AreaResizer } from "../images/area-resize.js";
import { Box } from "../spaces/index.js";
import { Wrapper } from "./wrapper.js";

/** Options of {@link WarpFrame}. */
export interface WarpFrameOptions {
  /** Rows and columns, default 84. */
  dim?: number;
  /** Rows, default `dim`. */
  height?: number;
  /** Columns, default `dim`. */
  width?: number;
}

/**
 * Turns RGB pictures gray and shrinks them to uint8 `[height, width, 1]`, 0..255, equal byte for byte to
 * OpenCV's `COLOR_RGB2GRAY` and `INTER_AREA`. Gray pictures are only shrunk.
 *
 * @example
 * ```ts
 * new WarpFrame(make("Arcade/Breakout-v0")).observationSpace.shape; // [84, 84, 1]
 * ```
 */
export class WarpFrame extends Wrapper {
  private readonly space: Box;
  private readonly resizer: AreaResizer;
  private readonly colour: boolean;
  private readonly out: Uint8Array;

  /**
   * @throws InvalidArgumentError when observations are not uint8 `[rows, columns, 3]`, `[rows, columns, 1]` or
   * `[rows, columns]`, or are smaller than what they shall become
   */
  constructor(env: Env, options: WarpFrameOptions = {}) {
    super(env);
    checkOptions("WarpFrame", options, ["dim", "height", "width"]);
    const { dim = 84, height = dim, width = dim } = options;
    const { shape, dtype } = env.observationSpace;
    const [inputHeight, inputWidth, channels = 1] = shape;
    if (dtype !== "uint8" || shape.length < 2 || shape.length > 3 || (channels !== 1 && channels !== 3)) {
      throw new InvalidArgumentError(
        "env",
        `WarpFrame expected uint8 pictures [rows, columns, 3], received ${dtype} [${shape.join(", ")}]`,
      );
    }
    this.colour = channels === 3;
    this.resizer = new AreaResizer({ inputHeight, inputWidth, outputHeight: height, outputWidth: width });
    this.space = new Box({ low: 0, high: 255, shape: [height, width, 1], dtype: "uint8" });
    this.out = new Uint8Array(height * width);
  }

  /** uint8 `[height, width, 1]`. */
  override get observationSpace(): Box {
    return this.space;
  }

  /** @inheritDoc */
  override reset(options: ResetOptions = {}): ResetResult {
    const { observation, info } = super.reset(options);
    return { observation: this.warp(observation), info };
  }

  /** @inheritDoc */
  override step(action: Action): StepResult {
    const { observation, reward, terminated, truncated, info } = super.step(action);
    return { observation: this.warp(observation), reward, terminated, truncated, info };
  }

  private warp(observation: TypedArray): Uint8Array {
    const picture = observation as Uint8Array;
    return this.colour ? this.resizer.resizeRGB(picture, this.out) : this.resizer.resize(picture, this.out);
  }
}
