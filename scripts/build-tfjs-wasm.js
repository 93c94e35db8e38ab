/**
 * Packs the WebAssembly file of tfjs's wasm backend into `packages/tfjs-training/src/backend/tfjs-wasm-binary.ts`, so
 * that no bundler and no server has to handle it. Deflated and in base64 it is no larger on the wire than the file
 * itself.
 *
 *     node scripts/build-tfjs-wasm.js
 */

import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";

const target = new URL("../packages/tfjs-training/src/backend/tfjs-wasm-binary.ts", import.meta.url);
const name = "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm";

/** Writes the module when the file has changed; returns whether it did. */
export function buildTfjsWasm() {
  const binary = readFileSync(createRequire(import.meta.url).resolve(name));
  const script = readFileSync(fileURLToPath(import.meta.url));
  const stamp = `// ${createHash("sha256").update(script).update(binary).digest("hex")}\n`;
  if (existsSync(target) && readFileSync(target, "utf8").startsWith(stamp)) return false;
  const deflated = deflateRawSync(binary, { level: 9 }).toString("base64");
  const text = `${stamp}/** tfjs-backend-wasm-simd.wasm, deflated, in base64; written by scripts/build-tfjs-wasm.js. */

/** Number of bytes of the file. */
export const size = ${binary.length};

/** The file (Apache-2.0, The TensorFlow Authors), deflated, in base64. */
export const deflated =
  "${deflated}";
`;
  writeFileSync(target, text);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildTfjsWasm();
