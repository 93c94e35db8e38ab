// Runs on WebGPU what webgpu.test.ts compares, and writes it to a file.
import { writeFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import type { BackendChoice } from "tfjs-training";
import { useBackend } from "../../src/recurrent/use-backend.js";
import "../../packages/tfjs-training/src/node/index.js";
import { type CaseResult, runCases } from "../../packages/tfjs-training/test/operation-cases.js";
import type { NcpsError } from "../../src/core/errors.js";
import { ppoLosses } from "../losses/ppo-losses.js";
import { runTrainings } from "./training-cases.js";

/** What the run found. */
export interface WebGPURun {
  /** What `"auto"` chose. */
  automatic: BackendChoice;
  /** What `"webgpu"` chose. */
  asked: BackendChoice;
  /** Storage buffers that a shader may bind. */
  storageBuffers: number;
  cases: Record<string, CaseResult | string>;
  trainings: Awaited<ReturnType<typeof runTrainings>>;
  /** Losses of three updates of PPO on CartPole. */
  ppo: number[];
  /** Synchronous reads of tensors on the GPU so far. */
  synchronousReads: number;
  /** Code and message of a read after the GPU refused a shader. */
  refused: string[];
}

const automatic = await useBackend();
const asked = await useBackend("webgpu");
const backend = tf.backend() as tf.KernelBackend & { device: Device };

interface Device {
  limits: { maxStorageBuffersPerShaderStage: number };
  createShaderModule(descriptor: { code: string }): void;
}

let synchronousReads = 0;
const readSync = backend.readSync.bind(backend);
backend.readSync = (dataId) => {
  const { values } = (backend as unknown as { tensorMap: Map<object, { values?: unknown }> }).tensorMap.get(
    dataId,
  )!;
  if (values == null) synchronousReads++;
  return readSync(dataId);
};

const cases = await runCases();
const trainings = await runTrainings(["Nature CNN", "convolutions and CfC"]); // the MLP trains in the browser test
const ppo = await ppoLosses();

backend.device.createShaderModule({ code: "this is no shader" });
const refused = await tf
  .relu(tf.ones([2000]))
  .data()
  .then(
    () => ["nothing was thrown"],
    (error: NcpsError) => [error.code, error.message],
  );

const run: WebGPURun = {
  automatic,
  asked,
  storageBuffers: backend.device.limits.maxStorageBuffersPerShaderStage,
  cases,
  trainings,
  ppo,
  synchronousReads,
  refused,
};
writeFileSync(process.argv[2], JSON.stringify(run));
process.exit(0);
