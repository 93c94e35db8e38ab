/** The pages that hear of rows as they come. */

import type { ServerResponse } from "node:http";
import type { RowMessage } from "./message.js";
import type { RowWindow } from "./row-window.js";

// Rows in one event.
const BATCH = 100;

interface Reader {
  response: ServerResponse;
  /** Number of the last row that was sent. */
  sent: number;
  /** Since when it has taken nothing, in milliseconds; undefined while it reads. */
  stalledSince?: number;
}

/** Options of {@link RowReaders}. */
export interface RowReadersOptions {
  /** Most readers at a time. */
  maxReaders: number;
  /** After how many seconds without reading one is dropped. */
  stallSeconds: number;
}

/**
 * Sends rows to each reader as fast as it takes them. Nothing is queued for one that does not read: it goes on later
 * from the rows that there are then, or is dropped.
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

  /** How many there are. */
  get count(): number {
    return this.readers.size;
  }

  /** Tells all readers of a new row. */
  write(message: RowMessage): void {
    this.numbers.set(message, ++this.written);
    this.dropStalled();
    for (const reader of this.readers) this.send(reader);
  }

  /** Begins a stream of all rows; returns whether there was room for one more reader. */
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

  /** Ends all streams, and says that it is on purpose. */
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
