/** Starting Python processes, of either kind. */

import { hasNamedPipes } from "./channels.js";
import { FifoLink } from "./fifo-link.js";
import type { Link, ProcessOptions } from "./link.js";
import { StdioLink } from "./stdio-link.js";

/**
 * How requests and observations travel: `"fifo"` through named pipes and shared memory, where every call
 * waits without the event loop (Linux, macOS, WSL); `"stdio"` through standard input and output, with
 * promises (everywhere).
 */
export type Transport = "fifo" | "stdio";

/** `"fifo"` where the system has named pipes, else `"stdio"`. */
export function bestTransport(): Transport {
  return hasNamedPipes() ? "fifo" : "stdio";
}

/** Starts a process; the link of `"fifo"` is there at once. */
export function connect(transport: Transport, options: ProcessOptions): Link | Promise<Link> {
  return transport === "fifo" ? new FifoLink(options) : StdioLink.start(options);
}
