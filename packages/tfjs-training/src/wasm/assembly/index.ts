/** All exports of the compiled kernels. */

export { columnSum } from "./column-sum";
export { copyStrided, transposePlanes } from "./copy";
export { depthwiseFilterGradient, depthwiseInputGradient } from "./depthwise";
export { greater, less, maximum, minimum, select } from "./elementwise";
export { columnProduct, dotProduct, finishRows, gridAddresses, rowProduct, vectorProduct } from "./gemm";
export { addInto, frameImages, gatherRows, scatterRows } from "./images";
export { adamStep, rmspropStep, sgdStep, sumOfSquares } from "./optimizer";
export { copyBytes, fillZeros, storeWord } from "./memory";
export { packColumns, packRows, padPanels } from "./pack";
export { averagePool, maxPool, maxPoolGradient } from "./pool";
export { reluGradient } from "./relu-gradient";
export { rowSum } from "./row-sum";
export { gatherSlices, segmentSum } from "./segment";
export { erfOf, expOf, logisticOf, tanhOf } from "./math-arrays";
export { clampOf, expWideOf, leakyReluOf, softplusOf } from "./unary";
export { addColumnsByRows, rowsByPanels } from "./point-product";
export { mapElements, mapOutputGradients, mapOutputs, mapTaps } from "./winograd";
export { mapSix } from "./winograd-six";
export { volumeFilterGradient, volumeInputGradient } from "./volume";
