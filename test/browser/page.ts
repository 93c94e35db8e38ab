// What the page of main-entry.test.ts runs; bundled for browsers.
import { useBackend } from "../../src/index.js";
import { runTraining } from "../backends/training-cases.js";

async function train(backend: "auto" | "wasm" | "webgpu", network: string) {
  const { name, device, report } = await useBackend(backend);
  return { name, device, report, losses: await runTraining(network) };
}

/** Result of a training in the page. */
export type PageTraining = Awaited<ReturnType<typeof train>>;

Object.assign(globalThis, { train });
