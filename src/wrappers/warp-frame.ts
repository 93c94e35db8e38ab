/** Converts frames to small gray ones. */

import { checkOptions } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import type { TypedArray } from "../core/state.js";
import type { Action, Env, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import { AreaResizer } from "../images/area-resize.js";
import { quarterMeans } from "../images/block-mean.js";
import { rgbToGray } from "../images/gray.js";
import { Box } from "../spaces/index.js";
import { Wrapper } from "./wrapper.js";

/** Options of {@link WarpFrame}. */
export interface WarpFrameOptions {
  /** Number of rows and columns, default 84. */
  dim?: number;
  /** Number of rows, default `dim`. */
  height?: number;
  /** Number of columns, default `dim`. */
  width?: number;
  /**
   * Whether pixels are rounded to bytes, default true. Otherwise, frames of half the rows and half the columns keep the
   * quarters of their means, as TensorFlow's bilinear `resize` does there: float32, four times the memory.
   */
  rounded?: boolean;
}

/**
 * Converts RGB frames to gray and resizes them to uint8 `[height, width, 1]`, 0..255, equal byte for byte to
 * OpenCV's `COLOR_RGB2GRAY` and `INTER_AREA`. Gray frames are only resized. With `rounded: false` float32.
 *
 * @example
 * ```ts
 * new WarpFrame(make("Arcade/Breakout-v0")).observationSpace.shape; // [84, 84, 1]
 * ```
 */
export class WarpFrame extends Wrapper {
  private readonly space: Box;
  private readonly shrink: (picture: Uint8Array) => Uint8Array | Float32Array;

  /**
   * @throws InvalidArgumentError when observations are not uint8 `[rows, columns, 3]`, `[rows, columns, 1]` or
   * `[rows, columns]`, or are smaller than the output; or not twice as large, with `rounded: false`
   */
  constructor(env: Env, options: WarpFrameOptions = {}) {
    super(env);
    if (new.target === WarpFrame) {
      checkOptions("WarpFrame", options, ["dim", "height", "width", "rounded"]);
    }
    const { dim = 84, height = dim, width = dim, rounded = true } = options;
    const { shape, dtype } = env.observationSpace;
    const [inputHeight, inputWidth, channels = 1] = shape;
    if (dtype !== "uint8" || shape.length < 2 || shape.length > 3 || (channels !== 1 && channels !== 3)) {
      throw new InvalidArgumentError(
        "env",
        `WarpFrame expected uint8 frames [rows, columns, 3], received ${dtype} [${shape.join(", ")}]`,
      );
    }
    const colour = channels === 3;
    this.space = new Box({
      low: 0,
      high: 255,
      shape: [height, width, 1],
      dtype: rounded ? "uint8" : "float32",
    });
    if (!rounded) {
      if (inputHeight !== 2 * height || inputWidth !== 2 * width) {
        throw new InvalidArgumentError(
          "rounded",
          `false is for frames of half the size: expected [${inputHeight / 2}, ${inputWidth / 2}] of ` +
            `[${inputHeight}, ${inputWidth}], received [${height}, ${width}]`,
        );
      }
      const gray = new Uint8Array(inputHeight * inputWidth);
      const means = new Float32Array(height * width);
      this.shrink = (picture) => quarterMeans(colour ? rgbToGray(picture, gray) : picture, means, width);
      return;
    }
    const resizer = new AreaResizer({ inputHeight, inputWidth, outputHeight: height, outputWidth: width });
    const out = new Uint8Array(height * width);
    this.shrink = (picture) => (colour ? resizer.resizeRGB(picture, out) : resizer.resize(picture, out));
  }

  /** uint8 space `[height, width, 1]`, or float32 with `rounded: false`. */
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

  private warp(observation: TypedArray): Uint8Array | Float32Array {
    return this.shrink(observation as Uint8Array);
  }
}
