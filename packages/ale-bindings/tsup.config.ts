import { defineConfig, type Options } from "tsup";

const shared: Options = { format: ["esm", "cjs"], dts: true, target: "es2022" };

export default defineConfig([
  {
    ...shared,
    entry: { index: "src/index.ts" },
    shims: true, // import.meta.url in the CommonJS build
  },
  // By itself, so that no shim brings a built-in of Node into it.
  { ...shared, entry: { wasm: "src/wasm/index.ts" }, platform: "neutral" },
]);
