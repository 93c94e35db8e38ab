/**
 * Environment wrappers.
 *
 * @module ncps-ts/wrappers
 */

export { ClipAction } from "./clip-action.js";
export { ClipReward, type ClipRewardOptions } from "./clip-reward.js";
export { EpisodicLife } from "./episodic-life.js";
export { FireReset } from "./fire-reset.js";
export { FrameStack, type FrameStackOptions } from "./frame-stack.js";
export { MaxAndSkip, type MaxAndSkipOptions } from "./max-and-skip.js";
export { NoopReset, type NoopResetOptions } from "./noop-reset.js";
export { NormalizeObservation, type NormalizeObservationOptions } from "./normalize-observation.js";
export { NormalizeReward, type NormalizeRewardOptions } from "./normalize-reward.js";
export { ObservationNormalizer, type ObservationNormalizerOptions } from "./observation-normalizer.js";
export { RecordEpisodeStatistics } from "./record-episode-statistics.js";
export { type RecordedEpisode, RecordVideo, type RecordVideoOptions } from "./record-video.js";
export { RescaleAction, type RescaleActionOptions } from "./rescale-action.js";
export { ScaledFloatFrame } from "./scaled-float-frame.js";
export { SingleLife } from "./single-life.js";
export { StickyAction, type StickyActionOptions } from "./sticky-action.js";
export { TimeLimit, type TimeLimitOptions } from "./time-limit.js";
export { TransformObservation, type TransformObservationOptions } from "./transform-observation.js";
export { TransformReward, type TransformRewardOptions } from "./transform-reward.js";
export { WarpFrame, type WarpFrameOptions } from "./warp-frame.js";
export { type WrapOptions, wrapAtari, wrapDeepmind } from "./wrap-deepmind.js";
export { wrapLabml } from "./wrap-labml.js";
export { Wrapper } from "./wrapper.js";
