// Runs LTC scans on cpu and on WebGPU for ltc-scan.test.ts, and writes the differences to a file.
import { writeFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import "../../../packages/tfjs-training/src/node/index.js";
import {
  hasScanKernel,
  type ScanKernelFunction,
  type ScanSize,
} from "../../../src/recurrent/ops/scan-kernels.js";
import { differences, evaluate, ltcProblem, ltcProblemOf, type Problem } from "../ops/scan-problems.js";

/** Results of the run. */
export interface LTCScanRun {
  /** For each seed, the difference of each result. */
  seeds: Record<string, number>[];
  /** Result for more neurons than a workgroup has lanes. */
  large: Record<string, number>;
  /** Whether the kernel accepts scans like the above. */
  fused: boolean;
  /** Whether it accepts a scan that does not fit into a workgroup's memory. */
  wide: boolean;
  /** Sizes of scans that it was made to refuse, and one of their results. */
  refused: { sizes: ScanSize[]; difference: Record<string, number> };
  /** Whether two runs of one problem are equal bit for bit. */
  same: boolean;
  /** Numbers of tensors and memory blocks that three passes leaked. */
  left: number[];
}

async function compare(problem: Problem): Promise<Record<string, number>> {
  await useBackend("cpu");
  const expected = await evaluate(problem);
  await useBackend("webgpu");
  return differences(await evaluate(problem), expected);
}

const seeds = [];
for (let seed = 0; seed < 12; seed++) {
  seeds.push(await compare(ltcProblem(seed, [1 + (seed % 7), 1 + (seed % 5)])));
}
const large = await compare(ltcProblemOf(5, { batch: 3, steps: 2, units: 261, inputs: 7 }));
const isFused = (units: number) =>
  hasScanKernel("LTCScan", { batch: 1, steps: 2, units, widths: [7, 6 * units] });
const [fused, wide] = [isFused(261), isFused(5000)];
const repeated = ltcProblem(3, [6, 5]);
const memory = () => [tf.memory().numTensors, tf.backend().numDataIds()];
const first = await evaluate(repeated);
const before = memory();
let second = first;
for (let i = 0; i < 3; i++) second = await evaluate(repeated);
const left = memory().map((count, i) => count - before[i]);
const same = Object.entries(first).every(([name, values]) =>
  values.every((value, i) => value === second[name][i]),
);
const kernel = tf.getKernel("LTCScan", "webgpu").kernelFunc as ScanKernelFunction;
const sizes: ScanSize[] = [];
kernel.accepts = (size) => {
  sizes.push(size);
  return false;
};
const difference = await compare(ltcProblemOf(6, { batch: 2, steps: 3, units: 5, inputs: 2 }));
const run: LTCScanRun = {
  seeds,
  large,
  fused,
  wide,
  refused: { sizes, difference },
  same,
  left,
};
writeFileSync(process.argv[2], JSON.stringify(run));
process.exit(0);
