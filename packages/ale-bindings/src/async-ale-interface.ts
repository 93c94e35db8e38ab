/** ALE's own interface with promises, for systems without named pipes. */

import { ALECommands } from "./ale-commands.js";
import { checkOptions, processChecks } from "./check-options.js";
import type { ProcessOptions, ProcessVersions } from "./link.js";
import { callRequest, Operation, readValue, SMALL_REPLY } from "./protocol.js";
import { StdioLink } from "./stdio-link.js";

/**
 * {@link ALEInterface} with promises: it communicates with Python over standard input and output, which every system
 * has, including Windows, and leaves the event loop free while waiting. One call at a time: await each before the
 * next.
 *
 * @example
 * ```ts
 * const ale = await AsyncALEInterface.create();
 * await ale.loadROM("breakout");
 * while (!(await ale.gameOver())) await ale.act(1);
 * ale.close();
 * ```
 */
export class AsyncALEInterface extends ALECommands<"async"> {
  private constructor(private readonly link: StdioLink) {
    super();
  }

  /**
   * Starts a separate Python process.
   *
   * @throws AleError when an option is invalid, or Python or ale-py is missing
   */
  static async create(options: ProcessOptions = {}): Promise<AsyncALEInterface> {
    checkOptions(options, processChecks);
    return new AsyncALEInterface(await StdioLink.start(options));
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
  override async act(action: number, paddleStrength = 1): Promise<number> {
    return super.act(action, paddleStrength);
  }

  /** @inheritDoc */
  protected async play(action: number, paddleStrength: number): Promise<number> {
    const request = Buffer.alloc(16);
    request.writeUInt32LE(12, 0);
    request.writeUInt32LE(Operation.act, 4);
    request.writeInt32LE(action, 8);
    request.writeFloatLE(paddleStrength, 12);
    const reply = await this.link.roundTrip(request, new Uint8Array(SMALL_REPLY));
    return new DataView(reply.buffer, reply.byteOffset).getInt32(8, true);
  }

  /** @inheritDoc */
  protected async query<V, T>(
    name: string,
    args: readonly unknown[],
    read: (value: V, raw: Uint8Array) => T,
    raw?: Uint8Array,
  ): Promise<T> {
    const reply = await this.link.roundTrip(callRequest(name, args, raw), new Uint8Array(SMALL_REPLY));
    const { value, raw: bytes } = readValue<V>(reply);
    return read(value, bytes);
  }
}
