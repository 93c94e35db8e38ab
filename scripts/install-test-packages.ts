/**
 * Puts the Python packages that only tests need (OpenCV) beside ale-py.
 *
 * `npx tsx scripts/install-test-packages.ts`, after `npx ale-bindings install`; exit status 1 when it fails.
 */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { pythonPath } from "ale-bindings";

const packages = fileURLToPath(new URL("../ale-bindings/python/requirements-test.txt", import.meta.url));
const python = pythonPath();
// Without dependencies: numpy, the only one, is pinned and installed already.
const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--only-binary=:all:"];
const { status, error } = spawnSync(python, [...pip, "--no-deps", "-r", packages], { stdio: "inherit" });
if (status !== 0) {
  console.error(`${python} could not install the packages${error ? ` (${error.message})` : ""}.`);
  console.error("It comes with: npx ale-bindings install");
  process.exitCode = 1;
}
