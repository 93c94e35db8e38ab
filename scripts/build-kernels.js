/**
 * Compiles the AssemblyScript kernels of each folder `wasm/assembly` into the file `kernel-binaries.ts` next to it,
 * once with plain and once with relaxed SIMD. Does nothing while the sources have not changed.
 *
 *     node scripts/build-kernels.js
 */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
// Later folders may use sources of earlier ones.
const rooms = ["packages/tfjs-training/src/wasm/", "src/recurrent/wasm/"];
const features = { simd: ["simd"], relaxed: ["simd", "relaxed-simd"] };

/** Builds the binaries whose sources have changed; returns whether there were any. */
export async function buildKernels() {
  const digest = toolDigest();
  let built = false;
  for (const room of rooms) {
    const sources = new URL(`${room}assembly/`, root);
    for (const file of readdirSync(sources).sort())
      digest.update(file).update(readFileSync(new URL(file, sources)));
    const target = new URL(`${room}kernel-binaries.ts`, root);
    if (await buildRoom(`${room}assembly/index.ts`, target, digest.copy().digest("hex"))) built = true;
  }
  return built;
}

async function buildRoom(entry, target, hash) {
  const stamp = `// ${hash}\n`;
  if (existsSync(target) && readFileSync(target, "utf8").startsWith(stamp)) return false;
  let text = `${stamp}/** The compiled kernels in base64, written by scripts/build-kernels.js. */\n`;
  const builds = await Promise.all(Object.values(features).map((list) => compile(entry, list)));
  checkForeign(builds[0].binary); // the other has the same form, but not every Node can read it
  text += `\n/** What both builds export; addresses are bytes. */\nexport interface KernelExports {\n${methods(builds[0].types)}}\n`;
  for (const [i, [name, list]] of Object.entries(features).entries()) {
    const code = Buffer.from(builds[i].binary).toString("base64");
    text += `\n/** Needs ${list.join(" and ")}. */\nexport const ${name} =\n  "${code}";\n`;
  }
  writeFileSync(target, text);
  return true;
}

function toolDigest() {
  const digest = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)));
  return digest.update(createRequire(import.meta.url)("assemblyscript/package.json").version);
}

async function compile(entry, list) {
  const { default: asc } = await import("assemblyscript/asc");
  const written = new Map();
  const { error, stderr } = await asc.main(
    [
      entry,
      `--baseDir=${fileURLToPath(root)}`,
      "--outFile=kernels.wasm",
      "--bindings=raw",
      "-O3",
      "--noAssert",
      "--runtime=stub",
      "--importMemory",
      "--noExportMemory",
      ...list.map((feature) => `--enable=${feature}`),
    ],
    { writeFile: (name, contents) => void written.set(name, contents) },
  );
  if (error) throw new Error(`the kernels do not compile:\n${stderr}`);
  const binary = written.get("kernels.wasm");
  return { binary, types: written.get("kernels.d.ts") };
}

// The functions of the generated declarations, as methods of an interface.
function methods(types) {
  return [...types.matchAll(/export function (.*;)/g)].map(([, method]) => `  ${method}\n`).join("");
}

// The kernels run inside tfjs's memory: they must not contain data or a start function.
function checkForeign(binary) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(binary));
  if (imports.length !== 1 || imports[0].kind !== "memory") {
    throw new Error(`the kernels may import nothing but the memory: ${JSON.stringify(imports)}`);
  }
  for (let at = 8; at < binary.length; ) {
    const section = binary[at++];
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      size |= (binary[at] & 0x7f) << shift;
      more = (binary[at++] & 0x80) !== 0;
    }
    if (section === 8 || section === 11) throw new Error("the kernels may hold no static data");
    at += size;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const began = Date.now();
  if (await buildKernels()) console.log(`kernels compiled in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
