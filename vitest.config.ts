import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^ncps-ts\/(\w+)$/, replacement: at("./src/$1/index.ts") },
      { find: /^ncps-ts$/, replacement: at("./src/index.ts") },
      { find: /^ale-bindings\/wasm$/, replacement: at("./packages/ale-bindings/src/wasm/index.ts") },
      { find: /^(ale-bindings|tfjs-training)$/, replacement: at("./packages/$1/src/index.ts") },
      { find: /^tfjs-training\/(\w+)$/, replacement: at("./packages/tfjs-training/src/$1/index.ts") },
    ],
  },
  test: {
    globalSetup: "test/build-generated.ts",
    include: ["test/**/*.test.ts", "packages/*/test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    // tfjs advertises its native backend once a process.
    onConsoleLog: (log) => !log.includes("looks like you are running TensorFlow.js in Node.js"),
  },
});
