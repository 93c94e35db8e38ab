import { expect, it } from "vitest";
import { runExample } from "./run-example.js";

it("examples/first-steps learns a wave with both networks and draws it", async () => {
  const printed = await runExample("first-steps", "--epochs", "40");
  const losses = [...printed.matchAll(/epoch +(\d+) {2}loss (\S+)/g)].map(([, , loss]) => Number(loss));
  expect(losses).toHaveLength(4);
  expect(losses[1]).toBeLessThan(losses[0]);
  expect(losses[3]).toBeLessThan(losses[2]);
  expect(printed.match(/\* network {2}· target/g)).toHaveLength(2);
}, 60_000);
