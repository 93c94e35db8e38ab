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
def receive(size):
    data = b""
    while len(data) < size and (more := os.read(3, size - len(data))):
        data += more
    return data
os.ftruncate(5, 4096)
os.write(4, value({"python": "3", "ale": "0", "numpy": "0"}))
number = 0
while length := receive(4):
    number += 1
    (size,) = struct.unpack("<I", length)
    request = os.pread(5, 1984, 64) if size == 0 else length + receive(size)
    if size == 0:
        request = request[: 4 + int.from_bytes(request[:4], "little")]
    assert os.pread(5, 1, 1)[0] == number & 255
    name, (told,) = json.loads(request[12 : 12 + int.from_bytes(request[8:12], "little")])
    assert told == number and request[-1] == number & 255
    way = number % 7
    reply = value(number, bytes([number & 255]) * (5000 if way in (4, 6) else 3))
    if way in (1, 2, 3, 5, 6):
        os.write(4, struct.pack("<I", 1))
        time.sleep((0, 0, 1e-4, 2e-3, 0, 3e-2, 3e-4)[way])
    short = len(reply) <= 1984
    os.pwrite(5, reply if short else bytes(4), 2048)
    if number % 3:
        os.pwrite(5, bytes([number & 255]), 0)
    if short:
        os.write(4, bytes(4))
    else:
        os.write(4, reply[:6])
        time.sleep(1e-3)
        os.write(4, reply[6:])
    if number % 3 == 0:  # where the number comes late, or not at all, the reply is there all the same
        if number % 2: os.pwrite(5, bytes([number & 255]), 0)
`;

const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe.skipIf(!hasNamedPipes() || !hasPython)("FifoLink", () => {
  it("goes on for longer than words fit into a pipe when none of them is read", () => {
    const quick = server.replace(/way = .*/, "way = 0").replaceAll("number % 3", "1");
    const link = new FifoLink({ python: fakePython(`exec python3 -c '${quick}'`) });
    onTestFinished(() => link.close());
    const into = new Uint8Array(SMALL_REPLY);
    for (let number = 1; number <= 20_000; number++) {
      const request = callRequest("anything", [number], Uint8Array.of(number & 255));
      expect(readValue<number>(link.roundTrip(request, into)).value).toBe(number);
    }
  });

  it("understands replies with and without an announcement, through the file or the pipe, early and late", () => {
    const link = new FifoLink({ python: fakePython(`exec python3 -c '${server}'`) });
    onTestFinished(() => link.close());
    for (let number = 1; number <= 700; number++) {
      const request = callRequest(
        "anything",
        [number],
        new Uint8Array(number % 5 ? 1 : 3000).fill(number & 255),
      );
      const { value, raw } = readValue<number>(link.roundTrip(request, new Uint8Array(SMALL_REPLY)));
      expect([value, raw.length, raw.at(-1)]).toEqual([
        number,
        number % 7 === 4 || number % 7 === 6 ? 5000 : 3,
        number & 255,
      ]);
    }
  });
});
