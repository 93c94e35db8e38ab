// `ale-bindings doctor`: reports what is installed, and whether it works.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { environments } from "./games.js";
import { INSTALL_COMMAND, packageFile, pythonPath } from "./python-home.js";

// The result of python/doctor.py, or { code, problem }.
export function examine(python = pythonPath()) {
  if (!existsSync(python)) return { code: "PYTHON_MISSING", problem: `there is no Python at ${python}` };
  const games = [...new Set(environments().map(({ game }) => game))];
  const result = spawnSync(python, ["-B", packageFile("python/doctor.py"), JSON.stringify(games)], {
    encoding: "utf8",
  });
  if (result.status !== 0) {
    const words =
      result.error?.message ?? (result.stderr.trim() || `it ended with ${result.status ?? result.signal}`);
    return { code: "PROCESS_DIED", problem: `${python} fails: ${words}` };
  }
  return JSON.parse(result.stdout.trim().split("\n").at(-1));
}

export function doctor({ json } = {}) {
  const found = { ...examine(), transport: transport() };
  if (json) {
    console.log(JSON.stringify(found.code ? { ...found, remedy: remedy(found.code) } : found));
    return found.code ? 1 : 0;
  }
  const { frame, vector } = found;
  for (const [what, value] of [
    ["Python", found.python && `${found.python} (${found.executable})`],
    ["ale-py", found["ale-py"]],
    ["numpy", found.numpy],
    ["Gymnasium", found.gymnasium],
    ["ROMs", found.roms],
    ["frame", frame && `${frame.width} x ${frame.height}, ${frame.colours} colours`],
    ["vector", vector && `${vector.games} games of ${vector.shape.join(" x ")}`],
    ["transport", found.transport],
  ]) {
    console.log(`${what.padEnd(10)} ${value ?? "-"}`);
  }
  if (!found.code) {
    console.log("All is well.");
    return 0;
  }
  console.error(`${found.code}: ${found.problem}`);
  console.error(`To fix it: ${remedy(found.code)}`);
  return 1;
}

function transport() {
  const pipes = process.platform !== "win32" && spawnSync("mkfifo", ["--version"]).error === undefined;
  return pipes
    ? "named pipes: every class works"
    : "standard input and output: AsyncAtariEnv, AsyncALEInterface, AtariVectorEnv";
}

function remedy(code) {
  if (process.env.ALE_BINDINGS_PYTHON) {
    const install = `${process.env.ALE_BINDINGS_PYTHON} -m pip install -r ${packageFile("python/requirements.lock")}`;
    return code === "PYTHON_MISSING"
      ? `unset ALE_BINDINGS_PYTHON, then ${INSTALL_COMMAND}`
      : `${install} (or unset ALE_BINDINGS_PYTHON, then ${INSTALL_COMMAND})`;
  }
  if (code === "ROM_MISSING" && process.env.ALE_ROMS_DIR)
    return "unset ALE_ROMS_DIR: ale-py brings its own ROMs";
  return INSTALL_COMMAND;
}
