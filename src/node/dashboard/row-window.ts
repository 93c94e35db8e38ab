/** A window over the rows of a long training, thinned evenly; server and page thin in the same way. */

import type { RowMessage } from "./message.js";

/** Maximum number of rows without an evaluation, and maximum number with one. */
export const MAX_ROWS = 4000;

/**
 * The rows from which curves are drawn. When there are too many, every second one of the whole training is dropped,
 * then every second one of the rest, so that the curve is as detailed at its beginning as at its end. Rows with an
 * evaluation are counted separately, and thinned only when there are more than {@link MAX_ROWS} of them. The newest row
 * is always kept. The result depends on the rows alone: a page that was open all the time shows the same as one that is
 * opened now.
 */
export class RowWindow {
  /** The rows, in order of their steps. */
  rows: RowMessage[] = [];
  private strides = [1, 1];

  /** @param maxRows maximum number of rows of either kind, default {@link MAX_ROWS} */
  constructor(private readonly maxRows = MAX_ROWS) {}

  /** Makes the message of the next row, and adds it. An evaluation and an update of the same step share a row. */
  write(step: number, added: RowMessage["row"]): RowMessage {
    const newest = this.rows[this.rows.length - 1];
    const row = newest?.step === step ? { ...newest.row, ...added } : added;
    this.takeBack(step);
    const last = this.rows[this.rows.length - 1];
    const evaluated = Object.keys(row).some((key) => key.startsWith("eval/"));
    const message = {
      index: (last?.index ?? -1) + 1,
      evaluations: (last?.evaluations ?? 0) + Number(evaluated),
      evaluated,
      step,
      row,
    };
    this.add(message);
    return message;
  }

  /** Adds a row; existing rows of the same and later steps are replaced: a resumed training writes them again. */
  add(message: RowMessage): void {
    this.takeBack(message.step);
    const last = this.rows[this.rows.length - 1];
    if (last && !this.stays(last)) this.rows.pop(); // it was kept only as the newest
    this.rows.push(message);
    const strides = [message.index + 1, message.evaluations].map((count) => this.strideOf(count));
    const same = strides.every((stride, i) => stride === this.strides[i]);
    this.strides = strides;
    if (!same) this.rows = this.rows.filter((each) => each === message || this.stays(each));
  }

  private takeBack(step: number): void {
    while (this.rows.length > 0 && this.rows[this.rows.length - 1].step >= step) this.rows.pop();
  }

  private stays({ index, evaluations, evaluated }: RowMessage): boolean {
    const [stride, evaluationStride] = this.strides;
    return index % stride === 0 || (evaluated && (evaluations - 1) % evaluationStride === 0);
  }

  // The smallest power of two that leaves few enough rows.
  private strideOf(count: number): number {
    return 2 ** Math.max(0, Math.ceil(Math.log2(count / this.maxRows)));
  }
}
