/** Compiles the kernels when a source changed; returns whether it did. */
export function buildKernels(): Promise<boolean>;
