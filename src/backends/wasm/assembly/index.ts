/** Everything that the compiled kernels export. */

export { columnSum } from "./column-sum";
export { copyStrided, transposePlanes } from "./copy";
export { depthwiseFilterGradient, depthwiseInputGradient } from "./depthwise";
export { greater, less, maximum, minimum, select } from "./elementwise";
export { columnProduct, dotProduct, finishRows, gridAddresses, rowProduct, vectorProduct } from "./gemm";
export { addInto, frameImages, gatherRows, scatterRows } from "./images";
export { adamStep, rmspropStep, sgdStep, sumOfSquares } from "./optimizer";
export { packColumns, packRows, padPanels } from "./pack";
export { averagePool, maxPool, maxPoolGradient } from "./pool";
export { reluGradient } from "./relu-gradient";
export { rowSum } from "./row-sum";
export { gatherSlices, segmentSum } from "./segment";
export { erfOf, expOf, logisticOf, tanhOf } from "./math-arrays";
export { cfcBackward } from "./cfc-backward";
export { cfcForward } from "./cfc-forward";
export { headFactors, rowDots } from "./cfc-head-factors";
export { padHeads, unpadHeads } from "./cfc-weights";
export { ltcBackward } from "./ltc-backward";
export { ltcForward } from "./ltc-forward";
export { clampOf, expWideOf, leakyReluOf, softplusOf } from "./unary";
export { addColumnsByRows, rowsByPanels } from "./point-product";
export { mapElements, mapOutputGradients, mapOutputs, mapTaps } from "./winograd";
export { mapSix } from "./winograd-six";
export { volumeFilterGradient, volumeInputGradient } from "./volume";
