import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const script = fileURLToPath(new URL("./long-update-process.ts", import.meta.url));

it("interruptCallback handles signals within an update, and a second one ends the process immediately", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  let sent = 0;
  child.stdout.on("data", (text) => {
    output += text;
    if (sent === 0 && output.includes("updating")) sent = Number(child.kill("SIGINT"));
    else if (sent === 1 && output.includes("SIGINT: ending")) sent += Number(child.kill("SIGINT"));
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect([code, sent]).toEqual([130, 2]);
  expect(output).toContain("once more to end at once");
});
