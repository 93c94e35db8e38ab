import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^ncps-ts\/node$/, replacement: at("./src/node/index.ts") },
      { find: /^ncps-ts$/, replacement: at("./src/index.ts") },
      { find: /^ale-bindings\/wasm$/, replacement: at("./ale-bindings/src/wasm/index.ts") },
      { find: /^ale-bindings$/, replacement: at("./ale-bindings/src/index.ts") },
    ],
  },
  test: {
    globalSetup: "test/build-generated.ts",
    include: ["test/**/*.test.ts", "ale-bindings/test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    // tfjs advertises its native backend once a process.
    onConsoleLog: (log) => !log.includes("looks like you are running TensorFlow.js in Node.js"),
  },
});
