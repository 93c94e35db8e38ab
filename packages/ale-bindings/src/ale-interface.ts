/** ALE's own interface, frame by frame. */

import { ALECommands } from "./ale-commands.js";
import { checkOptions, processChecks } from "./check-options.js";
import { FifoLink } from "./fifo-link.js";
import type { ProcessOptions, ProcessVersions } from "./link.js";
import { callRequest, Operation, readValue, SMALL_REPLY } from "./protocol.js";

/**
 * The Arcade Learning Environment with ale-py's method names; every call is synchronous.
 * Screens are flat arrays; `getScreenDims` returns their shape.
 *
 * @example
 * ```ts
 * const ale = new ALEInterface();
 * ale.setInt("random_seed", 1);
 * ale.loadROM("breakout");
 * const actions = ale.getMinimalActionSet();
 * while (!ale.gameOver()) ale.act(actions[Math.floor(Math.random() * actions.length)]);
 * ale.close();
 * ```
 */
export class ALEInterface extends ALECommands<"sync"> {
  private readonly link: FifoLink;
  private readonly request = Buffer.alloc(16);
  private readonly reply = new Uint8Array(SMALL_REPLY);

  /**
   * Starts a separate Python process.
   *
   * @throws AleError when an option is invalid, or Python or ale-py is missing
   */
  constructor(options: ProcessOptions = {}) {
    super();
    checkOptions(options, processChecks);
    this.link = new FifoLink(options);
    this.request.writeUInt32LE(12, 0);
    this.request.writeUInt32LE(Operation.act, 4);
  }

  /** Process id of the emulator. */
  get pid(): number {
    return this.link.pid;
  }

  /** Versions of Python, ale-py and numpy in use. */
  get versions(): ProcessVersions {
    return this.link.versions;
  }

  /** Ends the emulator's process. Calling it twice is allowed. */
  close(): void {
    this.link.close();
  }

  /** @inheritDoc */
  protected play(action: number, paddleStrength: number): number {
    this.request.writeInt32LE(action, 8);
    this.request.writeFloatLE(paddleStrength, 12);
    const reply = this.link.roundTrip(this.request, this.reply);
    return reply[8] | (reply[9] << 8) | (reply[10] << 16) | (reply[11] << 24);
  }

  /** @inheritDoc */
  protected query<V, T>(
    name: string,
    args: readonly unknown[],
    read: (value: V, raw: Uint8Array) => T,
    raw?: Uint8Array,
  ): T {
    const reply = this.link.roundTrip(callRequest(name, args, raw), new Uint8Array(SMALL_REPLY));
    const { value, raw: bytes } = readValue<V>(reply);
    return read(value, bytes);
  }
}
