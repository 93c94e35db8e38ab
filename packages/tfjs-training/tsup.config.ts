import { defineConfig } from "tsup";
import { sharedChunks } from "../../scripts/tsup-plugins.js";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    "core/index": "src/core/index.ts",
    "wasm/index": "src/wasm/index.ts",
    "webgpu/index": "src/webgpu/index.ts",
    "node/index": "src/node/index.ts",
  },
  format: ["esm", "cjs"],
  plugins: [sharedChunks],
  dts: true,
  sourcemap: true,
  clean: true,
  target: "es2022",
  platform: "neutral", // all but tfjs-training/node runs in browsers too
  removeNodeProtocol: false,
  external: [/^node:/],
});
