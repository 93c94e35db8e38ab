const main = require("ncps-ts");
const node = require("ncps-ts/node");
const check = require("./checks.cjs");

check(main, node).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
