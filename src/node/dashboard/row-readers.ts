/** The open pages that receive rows as they are logged. */

import type { ServerResponse } from "node:http";
import type { RowMessage } from "./message.js";
import type { RowWindow } from "./row-window.js";

// Number of rows in one event.
const BATCH = 100;

interface Reader {
  response: ServerResponse;
  /** Index of the last row that was sent. */
  sent: number;
  /** Since when it has not read anything, in milliseconds; undefined while it reads. */
  stalledSince?: number;
}

/** Options of {@link RowReaders}. */
export interface RowReadersOptions {
  /** Maximum number of concurrent readers. */
  maxReaders: number;
  /** Seconds without reading after which a reader is dropped. */
  stallSeconds: number;
}

/**
 * Sends rows to each reader as fast as it reads them. Nothing is queued for one that does not read: it continues later
 * from the rows in the window at that time, or is dropped.
 */
export class RowReaders {
  private readonly readers = new Set<Reader>();
  private readonly numbers = new WeakMap<RowMessage, number>();
  private written = 0;

  /** @param window the rows · @param options limits */
  constructor(
    private readonly window: RowWindow,
    private readonly options: RowReadersOptions,
  ) {}

  /** Number of readers. */
  get count(): number {
    return this.readers.size;
  }

  /** Sends a new row to all readers. */
  write(message: RowMessage): void {
    this.numbers.set(message, ++this.written);
    this.dropStalled();
    for (const reader of this.readers) this.send(reader);
  }

  /** Begins a stream of all rows; returns whether one more reader was allowed. */
  open(response: ServerResponse): boolean {
    this.dropStalled();
    if (this.readers.size >= this.options.maxReaders) return false;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    const reader: Reader = { response, sent: 0 };
    this.readers.add(reader);
    response.on("close", () => this.readers.delete(reader));
    response.on("drain", () => {
      reader.stalledSince = undefined;
      this.send(reader);
    });
    this.send(reader);
    return true;
  }

  /** Ends all streams, and tells the pages that this is on purpose. */
  close(): void {
    for (const { response } of this.readers) response.end("event: closed\ndata: 1\n\n");
  }

  private send(reader: Reader): void {
    const { rows } = this.window;
    let at = rows.length;
    while (at > 0 && (this.numbers.get(rows[at - 1]) ?? 0) > reader.sent) at--;
    for (; at < rows.length && reader.stalledSince === undefined; at += BATCH) {
      const batch = rows.slice(at, at + BATCH);
      reader.sent = this.numbers.get(batch[batch.length - 1]) ?? reader.sent;
      const taken = reader.response.write(`data: ${JSON.stringify(batch)}\n\n`);
      if (!taken) reader.stalledSince = performance.now();
    }
  }

  private dropStalled(): void {
    const limit = performance.now() - this.options.stallSeconds * 1000;
    for (const { response, stalledSince } of this.readers) {
      if (stalledSince !== undefined && stalledSince < limit) response.destroy();
    }
  }
}
