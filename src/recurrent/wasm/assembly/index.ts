/** All exports of the compiled recurrent kernels. */

export { cfcBackward } from "./cfc-backward";
export { cfcForward } from "./cfc-forward";
export { headFactors, rowDots } from "./cfc-head-factors";
export { padHeads, unpadHeads } from "./cfc-weights";
export { ltcBackward } from "./ltc-backward";
export { ltcForward } from "./ltc-forward";
