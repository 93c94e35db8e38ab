import { defineConfig } from "tsup";

export default defineConfig({
  entry: { index: "src/index.ts" },
  format: ["esm", "cjs"],
  dts: true,
  clean: true,
  shims: true, // import.meta.url in the CommonJS build
  target: "es2022",
});
