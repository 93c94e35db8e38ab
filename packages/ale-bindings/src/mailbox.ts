/** The file shared by two processes: short messages, and observations; python/server.py describes it. */

import { readSync, writeSync } from "node:fs";
import { uint32 } from "./protocol.js";

const [REPLIES, REQUESTS, REQUEST, REPLY, OBSERVATIONS] = [0, 1, 64, 2048, 4096];
const SHORT = REPLY - REQUEST;

// Codes in a pipe for a message that is in the file.
const THERE = new Uint8Array(4);

/** One end of the file: sends requests, and receives replies without waiting in a system call. */
export class Mailbox {
  private readonly asked = new Uint8Array(1);
  private readonly counted = new Uint8Array(1);
  private replies = 0;

  /** @param file its descriptor; it is not closed here */
  constructor(private readonly file: number) {}

  /** Starts an exchange: writes the request and returns the code for the pipe. */
  ask(request: Uint8Array): Uint8Array {
    const short = request.length <= SHORT;
    const message = short ? request : THERE;
    writeSync(this.file, message, 0, message.length, REQUEST);
    this.asked[0] = (this.asked[0] + 1) & 255;
    // After the request itself: the other side only reads the number.
    writeSync(this.file, this.asked, 0, 1, REQUESTS);
    this.replies = (this.replies + 1) & 255;
    return short ? THERE : request;
  }

  /** Whether the reply to the last request has arrived, or starts to arrive through the pipe. */
  readonly answered = (): boolean => {
    readSync(this.file, this.counted, 0, 1, REPLIES);
    return this.counted[0] === this.replies;
  };

  /** Returns the reply, in `into` (at least 4096 bytes); null if it comes through the pipe. */
  take(into: Uint8Array): Uint8Array | null {
    readSync(this.file, into, 0, SHORT, REPLY);
    const length = uint32(into, 0);
    return length === 0 ? null : into.subarray(0, 4 + length);
  }

  /** Copies observations of the last reply, from byte `offset` of them. */
  readObservation(into: Uint8Array, offset: number): void {
    readSync(this.file, into, 0, into.length, OBSERVATIONS + offset);
  }
}
