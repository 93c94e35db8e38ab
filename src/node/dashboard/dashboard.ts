/** A web page that shows a training while it runs. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getBackend } from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../../core/check-options.js";
import { InvalidArgumentError, NcpsError } from "../../core/errors.js";
import type { Frame } from "../../envs/env.js";
import type { LogRow, LogSink } from "../../logging/index.js";
import type { TrainerCallback, TrainerProgress } from "../../trainers/index.js";
import { secondsLeft } from "../time-left.js";
import { checkAllowedHosts, isOwnName, securityHeaders } from "./access.js";
import { encodeScene, finiteRow, type Status } from "./message.js";
import { pageHtml } from "./page-html.js";
import { RowReaders } from "./row-readers.js";
import { RowWindow } from "./row-window.js";

/** Options of {@link Dashboard.open}. */
export interface DashboardOptions {
  /**
   * Address on which the server listens; default `"127.0.0.1"`: only this machine, including forwarded ports such as
   * with `ssh -L`. With `"0.0.0.0"` everybody who can reach this machine may watch.
   */
  host?: string;
  /** Port on this machine; default 0, any free one. */
  port?: number;
  /**
   * Further host names under which the page may be requested, such as `"gpu1.example.org"`; one that begins with a dot
   * includes all subdomains. Default none: `localhost` and addresses are always allowed, and this machine's own name
   * if `host` is not the loopback address.
   */
  allowedHosts?: string[];
  /** Maximum number of pictures of the game per second, default 10. */
  fps?: number;
  /** Title of the page, default `"ncps-ts"`. */
  title?: string;
  /**
   * Details to show below the title, such as `{ env: "CartPole-v1", seed: 1 }`; default none. The
   * {@link Dashboard.callback} adds the backend.
   */
  details?: Readonly<Record<string, string | number>>;
}

const names = optionNames<DashboardOptions>({
  host: true,
  port: true,
  allowedHosts: true,
  fps: true,
  title: true,
  details: true,
});

// Connections beyond these are rejected: watching must not use up the training's memory and descriptors.
const MAX_READERS = 16;
const MAX_CONNECTIONS = 64;
const STALL_SECONDS = 30;
const REQUEST_SECONDS = 10;

const headers = securityHeaders(pageHtml);

/**
 * A small server, on this machine's loopback address by default, whose page shows live frames, the curves of all logged
 * metrics and, for recurrent networks, the activity of the neurons. It needs no internet. Pictures are rendered
 * only while a page is open.
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
  private readonly window = new RowWindow();
  private readonly rowReaders = new RowReaders(this.window, {
    maxReaders: MAX_READERS,
    stallSeconds: STALL_SECONDS,
  });
  private sockets = 0;
  private scene?: Uint8Array<ArrayBuffer>;
  private asked = Number.NEGATIVE_INFINITY;
  private shown = Number.NEGATIVE_INFINITY;
  private readonly status: Status;

  private constructor(
    private readonly server: Server,
    private readonly host: string,
    private readonly allowedHosts: readonly string[],
    private readonly interval: number,
    title: string,
    details: Readonly<Record<string, string | number>>,
  ) {
    this.status = { title, details: { ...details }, ended: false };
  }

  /**
   * Starts the server.
   *
   * @throws InvalidArgumentError for a port or rate out of range, or an invalid name
   * @throws NcpsError with code `DASHBOARD` when the port is taken, or the address does not exist
   */
  static async open(options: DashboardOptions = {}): Promise<Dashboard> {
    checkOptions("Dashboard.open", options, names);
    const { host = "127.0.0.1", port = 0, allowedHosts = [], fps = 10 } = options;
    const { title = "ncps-ts", details = {} } = options;
    if (!(Number.isInteger(port) && port >= 0 && port < 65536)) {
      throw new InvalidArgumentError("port", `expected an integer in 0..65535, received ${port}`);
    }
    if (typeof host !== "string" || host === "") {
      throw new InvalidArgumentError("host", `expected an address such as "127.0.0.1", received ${host}`);
    }
    checkAllowedHosts(allowedHosts);
    if (!(fps > 0)) throw new InvalidArgumentError("fps", `expected a positive number, received ${fps}`);
    const limits = {
      headersTimeout: REQUEST_SECONDS * 1000,
      requestTimeout: REQUEST_SECONDS * 1000,
      connectionsCheckingInterval: 5000,
    };
    const server = createServer(limits, (request, response) => dashboard.answer(request, response));
    server.maxConnections = MAX_CONNECTIONS;
    const dashboard = new Dashboard(server, host, allowedHosts, 1000 / fps, title, details);
    await new Promise<void>((resolve, reject) => {
      server.once("error", (cause) =>
        reject(
          new NcpsError("DASHBOARD", `${host}, port ${port}, cannot be opened: ${cause.message}`, { cause }),
        ),
      );
      server.listen(port, host, resolve);
    });
    // E.g. too many open files when a page connects: must not end a training.
    server.on("error", () => {});
    server.on("connection", (socket) => {
      dashboard.sockets++;
      socket.on("close", () => dashboard.sockets--);
    });
    server.unref(); // an open page must not keep a finished program alive
    return dashboard;
  }

  /** URL of the page on this machine. */
  get url(): string {
    const { address, family, port } = this.server.address() as AddressInfo;
    const everywhere: Record<string, string> = { "0.0.0.0": "127.0.0.1", "::": "localhost" };
    const name = everywhere[address] ?? (family === "IPv6" ? `[${address}]` : address);
    return `http://${name}:${port}/`;
  }

  /** Number of pages that receive rows. */
  get readers(): number {
    return this.rowReaders.count;
  }

  /** Number of open connections. */
  get connections(): number {
    return this.sockets;
  }

  /** Whether a page waits for a picture, and enough time has passed since the last one. */
  get waiting(): boolean {
    const now = performance.now();
    return now - this.asked < 1000 && now - this.shown >= this.interval;
  }

  /** Adds a row to the curves. Long trainings are thinned evenly, rows with evaluations last. */
  write(row: LogRow, step: number): void {
    this.rowReaders.write(this.window.write(step, finiteRow(row)));
  }

  /**
   * Shows a picture.
   *
   * @param frame picture of the game · @param activity activity of the neurons, about -1..1
   */
  show(frame: Frame, activity: Float32Array = new Float32Array(0)): void {
    this.shown = performance.now();
    this.scene = encodeScene({ frame, activity });
  }

  /** A callback that shows the first environment, the progress and the time left while a trainer learns. */
  callback(): TrainerCallback {
    const note = ({ progress, elapsedSeconds }: TrainerProgress, ended: boolean) => {
      const left = secondsLeft(progress, elapsedSeconds);
      Object.assign(this.status, { progress: { share: progress, secondsLeft: left ?? null }, ended });
    };
    return {
      onTrainingStart: (progress) => {
        this.status.details.backend ??= getBackend();
        note(progress, false);
      },
      onUpdateEnd: (progress) => note(progress, false),
      onTrainingEnd: (progress) => note(progress, true),
      onStep: ({ trainer }) => {
        if (!this.waiting) return;
        const frame = trainer.env?.render?.(0);
        if (frame) this.show(frame, trainer.neuronActivity?.(0));
      },
    };
  }

  /** Stops the server; open pages keep their contents. */
  async close(): Promise<void> {
    this.rowReaders.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { method, url } = request;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (!isOwnName(request.headers.host, this.host, this.allowedHosts)) {
      const asked = JSON.stringify(request.headers.host ?? "");
      response
        .writeHead(403, { "content-type": "text/plain; charset=utf-8" })
        .end(`${asked} is not a name of this server: see the option allowedHosts of Dashboard.open\n`);
    } else if (method !== "GET" && method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
    } else if (url === "/") {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(pageHtml);
    } else if (url === "/scene") {
      if (method === "GET") this.asked = performance.now();
      if (!this.scene) response.writeHead(204).end();
      else response.writeHead(200, { "content-type": "application/octet-stream" }).end(this.scene);
    } else if (url === "/status") {
      const status = JSON.stringify(this.status);
      response.writeHead(200, { "content-type": "application/json" }).end(status);
    } else if (url === "/rows") {
      if (method === "HEAD") response.writeHead(200, { "content-type": "text/event-stream" }).end();
      else if (!this.rowReaders.open(response)) response.writeHead(503, { "retry-after": "30" }).end();
    } else response.writeHead(404).end();
  }
}
