/** Wrappers: environments around environments. */

export { ClipReward, type ClipRewardOptions, type RewardClip } from "./clip-reward.js";
export { EpisodicLife } from "./episodic-life.js";
export { FireReset } from "./fire-reset.js";
export { FrameStack, type FrameStackOptions } from "./frame-stack.js";
export { MaxAndSkip, type MaxAndSkipOptions } from "./max-and-skip.js";
export { NoopReset, type NoopResetOptions } from "./noop-reset.js";
export { RecordEpisodeStatistics } from "./record-episode-statistics.js";
export { ScaledFloatFrame } from "./scaled-float-frame.js";
export { StickyAction, type StickyActionOptions } from "./sticky-action.js";
export { TimeLimit, type TimeLimitOptions } from "./time-limit.js";
export { WarpFrame, type WarpFrameOptions } from "./warp-frame.js";
export { type WrapOptions, wrapAtari, wrapDeepmind } from "./wrap-deepmind.js";
export { Wrapper } from "./wrapper.js";
export { wrapperRandom } from "./wrapper-random.js";
