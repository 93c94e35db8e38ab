import { describe, expect, it } from "vitest";
import { drawBitStreams } from "../../examples/irregular-time/bit-stream.js";
import { Random } from "../../src/core/random.js";
import { runExample } from "./run-example.js";

describe("examples/irregular-time", () => {
  it("draws events whose times make up the stream, and the XOR of its bits", () => {
    const [batch, length] = [50, 12];
    const { bits, elapsed, mask, parity, last } = drawBitStreams(new Random(0), batch, length);
    for (let row = 0; row < batch; row++) {
      let [time, ones] = [0, 0];
      for (let event = 0; event < length; event++) {
        const at = row * length + event;
        expect(mask[at]).toBe(event <= last[row] ? 1 : 0);
        expect(elapsed[at] > 0).toBe(mask[at] === 1);
        if (!mask[at]) continue;
        if (event > 0) expect(bits[at]).toBe(-bits[at - 1]);
        time += elapsed[at];
        ones += bits[at] === 1 ? elapsed[at] : 0;
        expect(parity[at]).toBe(ones % 2);
      }
      expect(time).toBe(length);
    }
    const answers = Array.from(last, (event, row) => parity[row * length + event]);
    expect(new Set(answers)).toEqual(new Set([0, 1]));
  });

  it("learns short streams with times, better than without", async () => {
    const printed = await runExample("irregular-time", "--bits", "4", "--updates", "120");
    const accuracies = [...printed.matchAll(/^with(?:out)? times +(\d+\.\d) %$/gm)].map(([, share]) =>
      Number(share),
    );
    expect(accuracies).toHaveLength(2);
    expect(accuracies[0]).toBeGreaterThan(85);
    expect(accuracies[0]).toBeGreaterThan(accuracies[1] + 5);
  }, 60_000);
});
