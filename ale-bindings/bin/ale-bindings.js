#!/usr/bin/env node
// Command line of ale-bindings. Plain JavaScript: it runs in a fresh checkout, before any build.

import { parseArgs } from "node:util";
import { doctor } from "../lib/doctor.js";
import { environments } from "../lib/games.js";
import { install } from "../lib/install.js";

const usage = `Usage: ale-bindings <command>

  install [--python <path>]   make the private Python environment with ale-py, numpy and Gymnasium
  doctor                      say what is installed, count the ROMs, play one frame
  list                        print the ids of all environments

Environment variables
  ALE_BINDINGS_HOME     folder of the private environment (default: the user's data folder)
  ALE_BINDINGS_PYTHON   use this Python interpreter instead of the private environment
`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { python: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  process.exitCode = run(positionals[0], values);
} catch (error) {
  console.error(`ale-bindings: ${error.message}`);
  process.exitCode = 1;
}

function run(command, options) {
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (command === "install") return install(options.python);
  if (command === "doctor") return doctor();
  if (command === "list") {
    process.stdout.write(
      environments()
        .map(({ id }) => `${id}\n`)
        .join(""),
    );
    return 0;
  }
  process.stderr.write(usage);
  return 1;
}
