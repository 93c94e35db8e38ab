const main = require("ncps-ts");
const checkpoints = require("ncps-ts/checkpoints");
const envs = require("ncps-ts/envs");
const node = require("ncps-ts/node");
const check = require("./checks.cjs");

check(main, node, envs, checkpoints).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
