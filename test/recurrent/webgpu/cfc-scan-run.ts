// Runs CfC scans on cpu and on WebGPU for cfc-scan.test.ts, and writes the differences to a file.
import { writeFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import "../../../packages/tfjs-training/src/node/index.js";
import { hasScanKernel } from "../../../src/recurrent/ops/scan-kernels.js";
import { cfcProblem, cfcProblemOf, differences, evaluate } from "../ops/scan-problems.js";

/** Results of the run. */
export interface CfCScanRun {
  /** For each seed, the difference of each result. */
  seeds: Record<string, number>[];
  /** Result for a batch that is spread over several workgroups with several rows each. */
  large: Record<string, number>;
  /** Whether the kernel accepts scans like the above. */
  fused: boolean;
  /** Whether it accepts a scan that does not fit into a workgroup's memory, and the result of that scan. */
  wide: { fused: boolean; difference: Record<string, number> };
  /** Numbers of tensors and memory blocks that three passes leaked. */
  left: number[];
}

async function compare(problem: ReturnType<typeof cfcProblem>): Promise<Record<string, number>> {
  await useBackend("cpu");
  const expected = await evaluate(problem);
  await useBackend("webgpu");
  return differences(await evaluate(problem), expected);
}

const seeds = [];
for (let seed = 0; seed < 12; seed++) seeds.push(await compare(cfcProblem(seed)));
const large = await compare(
  cfcProblemOf(7, { batch: 263, steps: 3, features: 5, units: 17, width: 40, layers: 2 }),
);
const wide = { batch: 1, steps: 2, features: 2, units: 8, width: 9000, layers: 1 };
const difference = await compare(cfcProblemOf(8, wide));
const isFused = (width: number) =>
  hasScanKernel("CfCScan", { batch: 1, steps: 2, units: 8, widths: [width, 32] });
const memory = () => [tf.memory().numTensors, tf.backend().numDataIds()];
const before = memory();
for (let i = 0; i < 3; i++) await evaluate(cfcProblem(4));
const left = memory().map((count, i) => count - before[i]);
const run: CfCScanRun = {
  seeds,
  large,
  fused: isFused(40),
  wide: { fused: isFused(9000), difference },
  left,
};
writeFileSync(process.argv[2], JSON.stringify(run));
process.exit(0);
