/** Everything that the compiled kernels export. */

export { cfcBackward } from "../../../../../src/recurrent/wasm/assembly/cfc-backward";
export { cfcForward } from "../../../../../src/recurrent/wasm/assembly/cfc-forward";
export { headFactors, rowDots } from "../../../../../src/recurrent/wasm/assembly/cfc-head-factors";
export { padHeads, unpadHeads } from "../../../../../src/recurrent/wasm/assembly/cfc-weights";
export { ltcBackward } from "../../../../../src/recurrent/wasm/assembly/ltc-backward";
export { ltcForward } from "../../../../../src/recurrent/wasm/assembly/ltc-forward";
export { columnSum } from "./column-sum";
export { copyStrided, transposePlanes } from "./copy";
export { depthwiseFilterGradient, depthwiseInputGradient } from "./depthwise";
export { greater, less, maximum, minimum, select } from "./elementwise";
export { columnProduct, dotProduct, finishRows, gridAddresses, rowProduct, vectorProduct } from "./gemm";
export { addInto, frameImages, gatherRows, scatterRows } from "./images";
export { erfOf, expOf, logisticOf, tanhOf } from "./math-arrays";
export { adamStep, rmspropStep, sgdStep, sumOfSquares } from "./optimizer";
export { packColumns, packRows, padPanels } from "./pack";
export { addColumnsByRows, rowsByPanels } from "./point-product";
export { averagePool, maxPool, maxPoolGradient } from "./pool";
export { reluGradient } from "./relu-gradient";
export { rowSum } from "./row-sum";
export { gatherSlices, segmentSum } from "./segment";
export { clampOf, expWideOf, leakyReluOf, softplusOf } from "./unary";
export { volumeFilterGradient, volumeInputGradient } from "./volume";
export { mapElements, mapOutputGradients, mapOutputs, mapTaps } from "./winograd";
export { mapSix } from "./winograd-six";
