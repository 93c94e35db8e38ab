/** A line at the bottom of the terminal that stays below other output. */

type Write = typeof process.stdout.write;

const CLEAR = "\r\u001b[K";

/** A terminal, such as `process.stderr`. */
export interface StatusStream extends NodeJS.WritableStream {
  /** Whether the stream is a terminal. */
  readonly isTTY?: boolean;
  /** Width of the terminal, in characters. */
  readonly columns?: number;
}

/**
 * Draws a line over the previous one. While it is open, all output to the terminal passes through it: the line is
 * cleared first, and drawn again below. The cursor stays visible, so that nothing has to be restored when the
 * program is killed.
 */
export class StatusLine {
  private readonly streams: Set<StatusStream>;
  private readonly originals = new Map<StatusStream, Write>();
  private text = "";
  // Whether other output ended with a line break.
  private atStart = true;

  /** @param stream stream to draw on · @param others streams that go to the same terminal */
  constructor(
    private readonly stream: StatusStream,
    others: readonly StatusStream[] = [process.stdout, process.stderr],
  ) {
    this.streams = new Set([stream, ...others.filter(({ isTTY }) => isTTY)]);
    for (const each of this.streams) this.listen(each);
  }

  /** Draws a new text, which must fit the terminal's columns. */
  draw(text: string): void {
    this.text = text;
    if (this.atStart) this.direct(CLEAR + text);
  }

  /** Clears the line; output is no longer intercepted. */
  close(): void {
    if (this.atStart) this.direct(CLEAR);
    for (const [stream, original] of this.originals) stream.write = original;
    this.originals.clear();
  }

  private listen(stream: StatusStream): void {
    const original = stream.write as Write;
    this.originals.set(stream, original);
    stream.write = ((...written: Parameters<Write>) => {
      if (this.atStart) this.direct(CLEAR);
      const result = original.apply(stream, written);
      const [chunk] = written;
      const last = typeof chunk === "string" ? chunk.at(-1) : String.fromCharCode(chunk.at(-1) ?? 0);
      if (chunk.length > 0) this.atStart = last === "\n";
      if (this.atStart) this.direct(this.text);
      return result;
    }) as Write;
  }

  private direct(text: string): void {
    this.originals.get(this.stream)?.call(this.stream, text);
  }
}
