/** A training as an async generator of its log rows. */

import type { LogRow } from "../../logging/index.js";
import type { RowListener } from "./training-run.js";

/**
 * Trains and yields every row of the log; training waits while a row is processed. When the consumer leaves the loop,
 * training ends as with a callback that returns `false`, and control returns when it has ended.
 *
 * @param learn starts the training, and awaits the listener after each row
 */
export async function* trainingRows(
  learn: (onRow: RowListener) => Promise<unknown>,
): AsyncGenerator<LogRow, void, void> {
  let deliver: (row: LogRow | undefined) => void = () => {};
  let goOn: (more: boolean) => void = () => {};
  let next = new Promise<LogRow | undefined>((resolve) => {
    deliver = resolve;
  });
  const training = learn((row) => {
    deliver(row);
    return new Promise<boolean>((resolve) => {
      goOn = resolve;
    });
  }).finally(() => deliver(undefined));
  training.catch(() => {}); // awaited below
  try {
    for (;;) {
      const row = await next;
      if (!row) break;
      next = new Promise((resolve) => {
        deliver = resolve;
      });
      yield row;
      goOn(true);
    }
  } finally {
    goOn(false);
    await training;
  }
}
