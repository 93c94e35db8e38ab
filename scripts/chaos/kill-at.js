/**
 * Loaded before a program (`node --import`): counts its changes to the file system, and kills it before or after the
 * one in `CHAOS_KILL_AT`, such as `17:before`. With `CHAOS_COUNT` the number is written to that file at the end.
 */

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const [at, when] = (process.env.CHAOS_KILL_AT ?? "0:before").split(":");
let changes = 0;

const isChange = (name, parameters) =>
  name === "openSync" || name === "open" ? /[wa+]/.test(String(parameters[1] ?? "r")) : true;

function counted(owner, name) {
  const real = owner[name];
  owner[name] = function (...parameters) {
    if (!isChange(name, parameters)) return real.apply(this, parameters);
    const now = ++changes === Number(at);
    if (now && when === "before") die();
    const result = real.apply(this, parameters);
    if (!now) return result;
    if (!(result instanceof Promise)) die();
    return result.finally(die);
  };
}

function die() {
  process.kill(process.pid, "SIGKILL");
  for (;;); // until the signal arrives
}

for (const name of [
  "mkdirSync",
  "openSync",
  "writeSync",
  "fsyncSync",
  "renameSync",
  "rmSync",
  "ftruncateSync",
]) {
  counted(fs, name);
}
const { promises } = fs;
const handle = await promises.open(process.execPath, "r");
for (const name of ["write", "sync"]) counted(Object.getPrototypeOf(handle), name);
await handle.close();
for (const name of ["mkdir", "open", "rename", "rm"]) counted(promises, name);
syncBuiltinESMExports();

const { CHAOS_COUNT } = process.env;
if (CHAOS_COUNT) {
  const { writeFileSync } = fs;
  process.on("exit", () => writeFileSync(CHAOS_COUNT, String(changes)));
}
