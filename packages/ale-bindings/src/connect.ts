/** Starts Python processes with either transport. */

import { hasNamedPipes } from "./channels.js";
import { FifoLink } from "./fifo-link.js";
import { type Flow, settled } from "./flow.js";
import { DEFAULT_TIMEOUT, type Link, type ProcessOptions } from "./link.js";
import { callRequest, readValue, SMALL_REPLY } from "./protocol.js";
import { StdioLink } from "./stdio-link.js";

/**
 * Transport of requests and observations: `"fifo"` through named pipes and shared memory, with synchronous calls
 * (Linux, macOS, WSL); `"stdio"` through standard input and output, with
 * promises (everywhere).
 */
export type Transport = "fifo" | "stdio";

/** The default transport: `"fifo"` if the system has named pipes, otherwise `"stdio"`. */
export function bestTransport(): Transport {
  return hasNamedPipes() ? "fifo" : "stdio";
}

/**
 * Starts a process and opens something in it; if that fails the process is ended.
 *
 * @param name name of the Python side's method for it
 */
export function* openIn<T>(
  transport: Transport,
  options: ProcessOptions,
  name: string,
  argument: unknown,
): Flow<T & { link: Link }> {
  const link: Link = transport === "fifo" ? new FifoLink(options) : yield* settled(StdioLink.start(options));
  try {
    const limit = options.startTimeout ?? DEFAULT_TIMEOUT;
    const request = callRequest(name, [argument]);
    const reply = yield* settled(link.roundTrip(request, new Uint8Array(SMALL_REPLY), limit));
    return { ...readValue<T>(reply).value, link };
  } catch (error) {
    link.close();
    throw error;
  }
}
