import * as main from "ncps-ts";
import * as checkpoints from "ncps-ts/checkpoints";
import * as envs from "ncps-ts/envs";
import * as node from "ncps-ts/node";
import check from "./checks.cjs";

await check(main, node, envs, checkpoints);
