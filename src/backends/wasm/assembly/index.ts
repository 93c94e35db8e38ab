/** Everything that the compiled kernels export. */

export { columnSum } from "./column-sum";
export { erfOf, expOf, logisticOf, tanhOf } from "./math-arrays";
