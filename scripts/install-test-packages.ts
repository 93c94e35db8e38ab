/**
 * Installs the Python packages that only tests need (OpenCV, TensorBoard) next to ale-py.
 *
 * `npx tsx scripts/install-test-packages.ts`, after `npx ale-bindings install`; exit status 1 when it fails.
 */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { pythonPath } from "ale-bindings";

const list = (name: string) =>
  fileURLToPath(new URL(`../packages/ale-bindings/python/${name}`, import.meta.url));
const python = pythonPath();
const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--only-binary=:all:"];
const { status, error } = spawnSync(
  python,
  [...pip, "-r", list("requirements-test.txt"), "-c", list("requirements.txt")],
  { stdio: "inherit" },
);
if (status !== 0) {
  console.error(`${python} could not install the packages${error ? ` (${error.message})` : ""}.`);
  console.error("It comes with: npx ale-bindings install");
  process.exitCode = 1;
}
