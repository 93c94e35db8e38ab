/** The game as the network sees it. */

import { arcadeSpaceInvadersDQN, type Env, wrapDeepmind } from "ncps-ts";
import { FrameStack, MaxAndSkip, WarpFrame } from "ncps-ts/wrappers";

/** Options of {@link wrapGame}. */
export interface GameOptions {
  preset: "features" | "small" | "document";
  /** Frames in a stack. */
  frames: number;
  /** Frames that every action is played for; 0 as the environment does. */
  skip: number;
  /** Whether pixels of the document's frames are whole numbers. */
  rounded: boolean;
}

/** The wrappers of a preset. */
export function wrapGame({ preset, frames: numStack, skip, rounded }: GameOptions) {
  return (env: Env, index: number): Env => {
    if (preset === "small") return wrapDeepmind(env, { noFrameskip: skip > 0, skip, numStack });
    const skipped = skip > 0 ? new MaxAndSkip(env, { skip }) : env;
    if (preset === "features") return arcadeSpaceInvadersDQN.wrapper!(skipped, index);
    return new FrameStack(new WarpFrame(skipped, { height: 105, width: 80, rounded }), { numStack });
  };
}
