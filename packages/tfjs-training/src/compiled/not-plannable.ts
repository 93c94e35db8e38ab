/** Traces that no plan can hold. */

/** Thrown for traces that no plan can hold. */
export class NotPlannable extends Error {
  constructor(readonly reasons: readonly string[]) {
    super(reasons.join("; "));
  }
}
