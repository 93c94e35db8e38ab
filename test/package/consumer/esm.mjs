import * as main from "ncps-ts";
import * as node from "ncps-ts/node";
import check from "./checks.cjs";

await check(main, node);
