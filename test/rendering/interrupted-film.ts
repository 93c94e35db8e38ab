/** Plays an endless animation, which ends with the process: by a signal, `exit` or an `error` elsewhere. */

import { playInTerminal } from "../../src/rendering/index.js";

async function* film() {
  for (;;) yield { height: 2, width: 2, data: new Uint8Array(12) };
}

if (process.argv[2] === "exit") setTimeout(() => process.exit(3), 300);
if (process.argv[2] === "error") {
  setTimeout(() => {
    throw new Error("elsewhere");
  }, 300);
}
await playInTerminal(film(), { stream: process.stdout, fps: 50 });
