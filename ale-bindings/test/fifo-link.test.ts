import { spawnSync } from "node:child_process";
import { describe, expect, it, onTestFinished } from "vitest";
import { hasNamedPipes } from "../src/channels.js";
import { FifoLink } from "../src/fifo-link.js";
import { callRequest, readValue, SMALL_REPLY } from "../src/protocol.js";
import { fakePython } from "./support.js";

// A server that answers in the ways a real one may: how depends on the request's number.
const server = `
import json, os, struct, time
def value(v, raw=b""):
    text = json.dumps(v).encode()
    return struct.pack("<III", len(text) + 8 + len(raw), 0, len(text)) + text + raw
os.write(4, value({"python": "3", "ale": "0", "numpy": "0"}))
number = 0
while request := os.read(3, 65536):
    number += 1
    way = number % 6
    reply = value(number, b"x" * (5000 if way == 4 else 3))
    if way == 0:
        os.write(4, reply)
    elif way in (1, 4):
        os.write(4, bytes(4) + reply)
    else:
        os.write(4, bytes(4))
        time.sleep((0, 0, 1e-4, 2e-3, 0, 3e-2)[way])
        if way == 5:
            os.write(4, reply[:6])
            time.sleep(1e-3)
            os.write(4, reply[6:])
        else:
            os.write(4, reply)
    if number % 7:  # where it forgets to count, the reply is there all the same
        os.pwrite(5, bytes([number & 255]), 0)
`;

const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe.skipIf(!hasNamedPipes() || !hasPython)("FifoLink", () => {
  it("understands replies with and without an announcement, in one piece or several", () => {
    const link = new FifoLink({ python: fakePython(`exec python3 -c '${server}'`) });
    onTestFinished(() => link.close());
    for (let number = 1; number <= 240; number++) {
      const { value, raw } = readValue<number>(
        link.roundTrip(callRequest("anything", []), new Uint8Array(SMALL_REPLY)),
      );
      expect([value, raw.length]).toEqual([number, number % 6 === 4 ? 5000 : 3]);
    }
  });
});
