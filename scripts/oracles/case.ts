/** One recorded run of a reference cell, in the format of the oracle files. */

/** Numbers nested to any depth. */
export type Nested = number | Nested[];

/** A recorded parameter. */
export interface OracleParameter {
  /** Its shape. */
  shape: number[];
  /** False for constants such as masks. */
  trainable?: boolean;
  /** Values. */
  value: Nested;
  /** Gradient of the loss; missing for constants. */
  grad?: Nested | null;
}

/** A recorded run: inputs, parameters, outputs and gradients of one cell. */
export interface OracleCase {
  /** Name of the run. */
  tag: string;
  /** Options of the cell; missing ones had their default. */
  meta?: Record<string, unknown>;
  /** Inputs `[batch, time, features]`, or `[time, batch, features]` where `meta.batch_first` is false. */
  x: Nested;
  /** Elapsed times `[batch, time]`. */
  timespans?: Nested | null;
  /** State before the first step `[batch, units]`. */
  h0?: Nested | null;
  /** Outputs `[batch, time, size]`, or of the last step `[batch, size]`. */
  y: Nested;
  /** State after the last step. */
  hn?: Nested | null;
  /** Gradient of the loss for the inputs. */
  dx?: Nested | null;
  /** All parameters by their name in the reference. */
  params: Record<string, OracleParameter>;
}

/**
 * The cases of a parsed file: a list, or a record that holds one.
 *
 * @throws Error when the content has another form
 */
export function casesOf(content: unknown): OracleCase[] {
  const list = Array.isArray(content)
    ? content
    : Object.values((content ?? {}) as Record<string, unknown>).find(Array.isArray);
  if (!list) throw new Error("expected a list of cases");
  list.forEach((entry: Partial<OracleCase> | null, i) => {
    if (!entry?.x || !entry.y || !entry.params) throw new Error(`case ${i} has no x, y or params`);
    entry.tag ??= `case ${i}`;
  });
  return list as OracleCase[];
}

/** Shape of nested numbers. */
export function shapeOf(values: Nested): number[] {
  return Array.isArray(values) ? [values.length, ...(values.length ? shapeOf(values[0]) : [])] : [];
}

/** Nested numbers one after the other. */
export function flatten(values: Nested): number[] {
  return Array.isArray(values)
    ? (values as unknown[]).flat(Number.POSITIVE_INFINITY as 1).map(Number)
    : [values];
}
