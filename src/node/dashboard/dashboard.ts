/** A page that shows a training while it runs. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { InvalidArgumentError, NcpsError } from "../../core/errors.js";
import type { Frame } from "../../envs/env.js";
import type { LogRow, LogSink } from "../../logging/index.js";
import type { TrainerCallback } from "../../trainers/index.js";
import { encodeScene, type RowMessage, rowMessage } from "./message.js";
import { pageHtml } from "./page-html.js";

/** Options of {@link Dashboard.open}. */
export interface DashboardOptions {
  /** Port on this machine; default 0, any free one. */
  port?: number;
  /** Most pictures of the game a second, default 10. */
  fps?: number;
}

// Rows beyond it are thinned out, so that week-long runs stay drawable.
const maxRows = 4000;

/**
 * A small server on this machine's loopback address whose page shows live frames, the curves of all logged
 * figures and, for recurrent networks, the activity of the neurons. It needs no internet. Pictures are made
 * only while somebody looks.
 *
 * As a sink of the logger it draws the curves; its {@link Dashboard.callback} shows the game.
 *
 * @example
 * ```ts
 * const dashboard = await Dashboard.open();
 * console.log(`Watch the training at ${dashboard.url}`);
 * await trainer.learn({
 *   hours: 1,
 *   logger: new Logger([new TableSink(), dashboard]),
 *   callbacks: [dashboard.callback()],
 * });
 * await dashboard.close();
 * ```
 */
export class Dashboard implements LogSink {
  private rows: RowMessage[] = [];
  private scene?: Uint8Array<ArrayBuffer>;
  private asked = Number.NEGATIVE_INFINITY;
  private shown = Number.NEGATIVE_INFINITY;
  private readonly listeners = new Set<ServerResponse>();

  private constructor(
    private readonly server: Server,
    private readonly interval: number,
  ) {}

  /**
   * Starts the server.
   *
   * @throws InvalidArgumentError for a port or speed out of range
   * @throws NcpsError with code `DASHBOARD` when the port is taken
   */
  static async open({ port = 0, fps = 10 }: DashboardOptions = {}): Promise<Dashboard> {
    if (!(Number.isInteger(port) && port >= 0 && port < 65536)) {
      throw new InvalidArgumentError("port", `expected an integer in 0..65535, received ${port}`);
    }
    if (!(fps > 0)) throw new InvalidArgumentError("fps", `expected a positive number, received ${fps}`);
    const server = createServer((request, response) => dashboard.answer(request, response));
    const dashboard = new Dashboard(server, 1000 / fps);
    await new Promise<void>((resolve, reject) => {
      server.once("error", (cause) =>
        reject(new NcpsError("DASHBOARD", `port ${port} cannot be opened: ${cause.message}`, { cause })),
      );
      server.listen(port, "127.0.0.1", resolve);
    });
    server.unref(); // a finished program ends although its page is open
    return dashboard;
  }

  /** Address of the page. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** Whether a page waits for a picture, and enough time has passed since the last one. */
  get waiting(): boolean {
    const now = performance.now();
    return now - this.asked < 1000 && now - this.shown >= this.interval;
  }

  /** Adds a row to the curves. */
  write(row: LogRow, step: number): void {
    const message = rowMessage(row, step);
    while (this.rows.length > 0 && this.rows[this.rows.length - 1].step > step) this.rows.pop();
    // An evaluation and an update may share a step: one point of each curve.
    const last = this.rows.at(-1);
    if (last?.step === step)
      Object.assign(message.row, { ...last.row, ...message.row }, void this.rows.pop());
    this.rows.push(message);
    if (this.rows.length > maxRows) this.rows = this.rows.filter((_, i) => i % 2 === 0);
    for (const listener of this.listeners) send(listener, [message]);
  }

  /**
   * Shows a picture.
   *
   * @param frame the game · @param activity of the neurons, about -1..1
   */
  show(frame: Frame, activity: Float32Array = new Float32Array(0)): void {
    this.shown = performance.now();
    this.scene = encodeScene({ frame, activity });
  }

  /** Shows the first environment while a trainer learns. */
  callback(): TrainerCallback {
    return {
      onStep: ({ trainer }) => {
        if (!this.waiting) return;
        const frame = trainer.env?.render?.(0);
        if (frame) this.show(frame, trainer.neuronActivity?.(0));
      },
    };
  }

  /** Ends the server; pages keep what they show. */
  async close(): Promise<void> {
    for (const listener of this.listeners) listener.end();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { port } = this.server.address() as AddressInfo;
    // A page elsewhere must not read the training through a name that resolves to this machine.
    if (![`127.0.0.1:${port}`, `localhost:${port}`].includes(request.headers.host ?? "")) {
      response.writeHead(403).end("only for this machine");
    } else if (request.url === "/") {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(pageHtml);
    } else if (request.url === "/scene") {
      this.asked = performance.now();
      if (!this.scene) response.writeHead(204).end();
      else response.writeHead(200, { "content-type": "application/octet-stream" }).end(this.scene);
    } else if (request.url === "/rows") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      send(response, this.rows);
      this.listeners.add(response);
      response.on("close", () => this.listeners.delete(response));
    } else response.writeHead(404).end();
  }
}

function send(response: ServerResponse, rows: readonly RowMessage[]): void {
  response.write(`data: ${JSON.stringify(rows)}\n\n`);
}
