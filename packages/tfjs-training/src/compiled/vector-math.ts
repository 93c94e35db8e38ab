/** Elementary functions of four floats at once, in instructions; the formulas are those of `wasm/assembly`. */

import type { WasmFunction } from "./wasm-code.js";

/** Writes vector functions into a function's code: each takes its operands from the stack and leaves the result there. */
export class VectorMath {
  private readonly spare: number[];

  /** @param relaxed whether products and sums are rounded once, as in the relaxed build of the kernels */
  constructor(
    private readonly code: WasmFunction,
    private readonly relaxed: boolean,
  ) {
    this.spare = [];
  }

  private temporary(i: number): number {
    while (this.spare.length <= i) this.spare.push(this.code.local("v128"));
    return this.spare[i];
  }

  // a * b + c of the three on the stack.
  private madd(): void {
    if (this.relaxed) {
      this.code.relaxedMadd();
      return;
    }
    const c = this.temporary(7);
    this.code.set(c).vec("f32x4.mul").get(c).vec("f32x4.add");
  }

  // p = p * x + coefficient for each coefficient, p on the stack.
  private horner(x: number, coefficients: readonly number[]): void {
    for (const coefficient of coefficients) {
      this.code.get(x).floats(coefficient);
      this.madd();
    }
  }

  /** `exp(x)` between -87.3 and 88.3, constant outside. */
  private boundedExp(): void {
    const { code } = this;
    const [x, shifted, n, r] = [0, 1, 2, 3].map((i) => this.temporary(i));
    code.floats(88.3).vec("f32x4.pmin").floats(-87.3).vec("f32x4.pmax").set(x);
    code.get(x).floats(Math.LOG2E).floats(12582912);
    this.madd();
    code.tee(shifted).floats(12582912).vec("f32x4.sub").set(n);
    code.get(n).floats(-0.693359375).get(x);
    this.madd();
    code.set(r);
    code.get(n).floats(2.1219444e-4).get(r);
    this.madd();
    code.set(r);
    code.floats(1.98756915e-4);
    this.horner(r, [1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1]);
    code.get(r).get(r).vec("f32x4.mul").get(r).floats(1).vec("f32x4.add");
    this.madd();
    code.get(shifted).i32(23).vec("i32x4.shl").ints(0x3f800000).vec("i32x4.add").vec("f32x4.mul");
  }

  /** `exp(x)`, infinite above 88.7 and 0 below -103. */
  exp(): void {
    const root = this.temporary(0);
    this.code.floats(0.5).vec("f32x4.mul");
    this.boundedExp();
    this.code.tee(root).get(root).vec("f32x4.mul");
  }

  /** `1 / (1 + exp(-x))`. */
  sigmoid(): void {
    const t = this.temporary(4);
    this.code.vec("f32x4.neg");
    this.boundedExp();
    this.code.floats(1).vec("f32x4.add").set(t).floats(1).get(t).vec("f32x4.div");
  }

  /** `tanh(x)`, a quotient of polynomials in `x^2` (Eigen's). */
  tanh(): void {
    const { code } = this;
    const [x, square] = [this.temporary(0), this.temporary(1)];
    const limit = 7.905311107635498;
    code
      .floats(limit)
      .vec("f32x4.pmin")
      .floats(-limit)
      .vec("f32x4.pmax")
      .tee(x)
      .get(x)
      .vec("f32x4.mul")
      .set(square);
    code.get(x).floats(-2.76076847742355e-16);
    this.horner(
      square,
      [
        2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8, 1.48572235717979e-5,
        6.37261928875436e-4, 4.89352455891786e-3,
      ],
    );
    code.vec("f32x4.mul").floats(1.19825839466702e-6);
    this.horner(square, [1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3]);
    code.vec("f32x4.div");
  }

  /** `log(x)` (Cephes, logf), relative error below 2e-7; -Infinity at 0, NaN below it. */
  log(): void {
    const { code } = this;
    const [x, m, e, z, given, small] = [0, 1, 2, 3, 5, 6].map((i) => this.temporary(i));
    code.set(given);
    // Numbers below 2^-126 are scaled up first.
    code
      .get(given)
      .floats(2 ** -126)
      .vec("f32x4.lt")
      .set(small);
    code
      .get(given)
      .floats(2 ** 24)
      .vec("f32x4.mul")
      .get(given)
      .get(small)
      .vec("v128.bitselect")
      .set(x);
    // x = m 2^e with m in sqrt(1/2) .. sqrt(2).
    code.get(x).ints(0x3f3504f3).vec("i32x4.sub").i32(23).vec("i32x4.shr_s").set(e);
    code.get(x).get(e).i32(23).vec("i32x4.shl").vec("i32x4.sub").floats(1).vec("f32x4.sub").set(m);
    code.get(e).vec("f32x4.convert_i32x4_s").get(small).floats(24).vec("v128.and").vec("f32x4.sub").set(e);
    code.get(m).get(m).vec("f32x4.mul").set(z);
    code.floats(7.0376836292e-2);
    this.horner(
      m,
      [
        -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1,
        -2.4999993993e-1, 3.3333331174e-1,
      ],
    );
    code.get(m).vec("f32x4.mul").get(z).vec("f32x4.mul");
    code.get(e).floats(-2.1219444e-4).vec("f32x4.mul").vec("f32x4.add");
    code.get(z).floats(0.5).vec("f32x4.mul").vec("f32x4.sub");
    code.get(m).vec("f32x4.add").get(e).floats(0.693359375).vec("f32x4.mul").vec("f32x4.add").set(x);
    // Ends of the range: 0, below 0, infinite, not a number.
    code
      .floats(Number.NEGATIVE_INFINITY)
      .get(x)
      .get(given)
      .floats(0)
      .vec("f32x4.eq")
      .vec("v128.bitselect")
      .set(x);
    code
      .get(given)
      .get(x)
      .get(given)
      .floats(Number.POSITIVE_INFINITY)
      .vec("f32x4.eq")
      .vec("v128.bitselect")
      .set(x);
    code.floats(Number.NaN).get(x);
    code.get(given).floats(0).vec("f32x4.lt").get(given).get(given).vec("f32x4.ne").vec("v128.or");
    code.vec("v128.bitselect");
  }

  /** `log(1 + exp(x))`, as `max(x, 0) + 2 artanh(t / (2 + t))` with `t = exp(-|x|)`. */
  softplus(): void {
    const { code } = this;
    const [x, s, square] = [4, 5, 6].map((i) => this.temporary(i));
    code.tee(x).vec("f32x4.abs").vec("f32x4.neg");
    this.boundedExp();
    code.tee(s).get(s).floats(2).vec("f32x4.add").vec("f32x4.div").tee(s).get(s).vec("f32x4.mul").set(square);
    code.floats(2 / 13);
    this.horner(square, [2 / 11, 2 / 9, 2 / 7, 2 / 5, 2 / 3, 2]);
    code.get(s).get(x).floats(0).vec("f32x4.max");
    this.madd();
  }
}
