/** Everything that the compiled kernels export. */

export { columnSum } from "./column-sum";
