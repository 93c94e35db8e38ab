// `ale-bindings install`: a private virtual environment with the pinned packages.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { devNull } from "node:os";
import { dirname, join } from "node:path";
import { doctor, examine } from "./doctor.js";
import { environmentPath, interpreterIn, packageFile } from "./python-home.js";

// The pinned versions with the hashes of their files: nothing else is installed, whatever the source.
const LOCK = "python/requirements.lock";
// ale-py 0.12 has no wheels for anything older.
const OLDEST = 10;
const CANDIDATES = [
  ...(process.platform === "win32" ? ["py"] : []),
  "python3",
  "python3.13",
  "python3.12",
  "python3.11",
  "python3.10",
  "python3.14",
  "python",
];

export function install({ python, force, "use-pip-config": usePipConfig } = {}) {
  if (process.env.ALE_BINDINGS_PYTHON) {
    console.log(
      `ALE_BINDINGS_PYTHON is set to ${process.env.ALE_BINDINGS_PYTHON}: nothing to install, checking it.`,
    );
    return doctor();
  }
  const target = environmentPath();
  const replaces = existsSync(target);
  if (replaces) {
    if (!force && !examine().code) {
      console.log(`Already installed in ${target}. To recreate it: npx ale-bindings install --force`);
      return doctor();
    }
    console.log(`${force ? "Replacing" : "Damaged:"} ${target}; recreating it.`);
  }
  const base = findPython(python);
  mkdirSync(dirname(target), { recursive: true });
  removeAbandoned(target);
  // Created under another name and renamed when complete, so that an interrupted run leaves nothing incomplete.
  const unfinished = `${target}.${process.pid}`;
  try {
    console.log(`[1/3] Virtual environment in ${target} with Python ${base.version} (${base.path})`);
    step(base.path, ["-m", "venv", unfinished], "On Debian and Ubuntu: sudo apt install python3-venv");
    console.log("[2/3] Packages: ale-py (with its ROMs), numpy, Gymnasium");
    const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--only-binary=:all:"];
    step(
      interpreterIn(unfinished),
      [...pip, ...(usePipConfig ? [] : ["--isolated"]), "--require-hashes", "-r", packageFile(LOCK)],
      "Check the network; behind a mirror or proxy of your own: npx ale-bindings install --use-pip-config; or choose " +
        "another Python: npx ale-bindings install --python /path/to/python3.12",
      // Python's packages come from the public index, whatever the settings for other projects.
      usePipConfig ? process.env : { ...process.env, PIP_CONFIG_FILE: devNull },
    );
    if (replaces) rmSync(target, { recursive: true, force: true }); // not before there is another one
    put(unfinished, target);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  console.log("[3/3] Checking the installation");
  return doctor();
}

function findPython(wanted) {
  const tried = [];
  for (const path of wanted ? [wanted] : CANDIDATES) {
    const found = spawnSync(path, ["-c", "import sys; print(*sys.version_info[:3], sep='.')"], {
      encoding: "utf8",
    });
    const version = found.status === 0 ? found.stdout.trim() : "";
    const [major, minor] = version.split(".").map(Number);
    if (major === 3 && minor >= OLDEST) return { path, version };
    if (wanted || version) tried.push(`${path}${version && ` is ${version}`}`);
  }
  throw new Error(
    `expected Python 3.${OLDEST} or newer, found ${tried.join(", ") || "none"}. Install one, then: ` +
      "npx ale-bindings install --python /path/to/python3",
  );
}

function step(command, args, advice, env = process.env) {
  const { status, error } = spawnSync(command, args, { stdio: "inherit", env });
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")} failed${error ? `: ${error.message}` : ""}. ${advice}`);
}

function put(unfinished, target) {
  try {
    renameSync(unfinished, target);
  } catch (error) {
    if (!existsSync(target)) throw error; // otherwise another run was faster, and its result is equally good
  }
}

function removeAbandoned(target) {
  const home = dirname(target);
  for (const name of readdirSync(home)) {
    const pid = /^venv-[0-9a-f]+\.(\d+)$/.exec(name)?.[1];
    if (pid && !isRunning(Number(pid))) rmSync(join(home, name), { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
