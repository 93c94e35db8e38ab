#!/usr/bin/env node
// Command line of ale-bindings. Plain JavaScript: it runs in a fresh checkout, before any build.

import { parseArgs } from "node:util";
import { doctor } from "../lib/doctor.js";
import { environments } from "../lib/games.js";
import { install } from "../lib/install.js";

const usage = `Usage: ale-bindings <command>

  install [--python <path>] [--force] [--use-pip-config]
                                        make the private Python environment with ale-py, numpy and Gymnasium;
                                        with --force also when there is a good one; with --use-pip-config by
                                        pip's own settings (index, proxy, certificates), which are else left out
  doctor [--json]                       say what is installed, count the ROMs, play one frame
  list [<word>] [--json]                print the ids of all environments, or of those with this word

Environment variables
  ALE_BINDINGS_HOME     folder of the private environment (default: the user's data folder)
  ALE_BINDINGS_PYTHON   use this Python interpreter instead of the private environment
`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      python: { type: "string" },
      force: { type: "boolean" },
      "use-pip-config": { type: "boolean" },
      json: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  process.exitCode = run(positionals, values);
} catch (error) {
  console.error(`ale-bindings: ${error.message}`);
  process.exitCode = 1;
}

function run([command, word], options) {
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (command === "install") return install(options);
  if (command === "doctor") return doctor(options);
  if (command === "list") return list(word, options);
  if (command !== undefined) process.stderr.write(`ale-bindings: there is no command "${command}".\n\n`);
  process.stderr.write(usage);
  return 1;
}

function list(word = "", { json }) {
  const plain = (text) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const found = environments().filter(({ id }) => plain(id).includes(plain(word)));
  if (found.length === 0) {
    process.stderr.write(
      `ale-bindings: no environment has "${word}" in its id. All of them: ale-bindings list\n`,
    );
    return 1;
  }
  process.stdout.write(json ? `${JSON.stringify(found)}\n` : found.map(({ id }) => `${id}\n`).join(""));
  return 0;
}
