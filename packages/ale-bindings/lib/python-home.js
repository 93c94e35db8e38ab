// Location of the private Python environment, on every system. Plain JavaScript, because `npx ale-bindings install`
// has to work in a fresh checkout, before anything is built.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const INSTALL_COMMAND = "npx ale-bindings install";
export const DOCTOR_COMMAND = "npx ale-bindings doctor";

// This file, its bundled copies in dist/ and the sources in src/ are all one level below the package.
export function packageFile(name) {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}

export function dataHome(env = process.env) {
  if (env.ALE_BINDINGS_HOME) return env.ALE_BINDINGS_HOME;
  if (process.platform === "win32") {
    return join(env.LOCALAPPDATA || join(homedir(), "AppData", "Local"), "ale-bindings");
  }
  if (env.XDG_DATA_HOME) return join(env.XDG_DATA_HOME, "ale-bindings");
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "ale-bindings");
  return join(homedir(), ".local", "share", "ale-bindings");
}

// Other pinned versions use another environment, so projects on one machine do not affect each other.
export function environmentPath(env = process.env) {
  const pins = createHash("sha256")
    .update(readFileSync(packageFile("python/requirements.txt")))
    .digest("hex");
  return join(dataHome(env), `venv-${pins.slice(0, 12)}`);
}

// The interpreter of a virtual environment.
export function interpreterIn(environment) {
  return process.platform === "win32"
    ? join(environment, "Scripts", "python.exe")
    : join(environment, "bin", "python");
}

export function pythonPath(env = process.env) {
  return env.ALE_BINDINGS_PYTHON || interpreterIn(environmentPath(env));
}
