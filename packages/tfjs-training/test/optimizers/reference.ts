/** Independent implementations of the update rules, as plain loops in double precision over single weights. */

/** One weight's update rule: takes its gradient at step t (1, 2, ...), returns the amount to subtract. */
export type Rule = (gradient: number, t: number) => number;

/** Options of Adam. */
export interface AdamNumbers {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
}

/** The rule of `torch.optim.Adam`: epsilon after the bias correction. */
export function torchAdam({ learningRate, beta1, beta2, epsilon }: AdamNumbers): Rule {
  let m = 0;
  let v = 0;
  return (g, t) => {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const mHat = m / (1 - beta1 ** t);
    const vHat = v / (1 - beta2 ** t);
    return (learningRate * mHat) / (Math.sqrt(vHat) + epsilon);
  };
}

/** The rule of `keras.optimizers.Adam`: the learning rate is corrected, epsilon is not. */
export function kerasAdam({ learningRate, beta1, beta2, epsilon }: AdamNumbers): Rule {
  let m = 0;
  let v = 0;
  return (g, t) => {
    m += (g - m) * (1 - beta1);
    v += (g * g - v) * (1 - beta2);
    const alpha = (learningRate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
    return (alpha * m) / (Math.sqrt(v) + epsilon);
  };
}

/** Options of RMSProp. */
export interface RMSPropNumbers {
  learningRate: number;
  decay: number;
  epsilon: number;
  momentum: number;
  centered: boolean;
  initialMeanSquare: number;
}

/** The rule of `torch.optim.RMSprop`. */
export function torchRMSProp(numbers: RMSPropNumbers): Rule {
  const { learningRate, decay, epsilon, momentum, centered } = numbers;
  let square = numbers.initialMeanSquare;
  let mean = 0;
  let buffer = 0;
  return (g) => {
    square = decay * square + (1 - decay) * g * g;
    let average = square;
    if (centered) {
      mean = decay * mean + (1 - decay) * g;
      average -= mean * mean;
    }
    const quotient = g / (Math.sqrt(average) + epsilon);
    if (momentum === 0) return learningRate * quotient;
    buffer = momentum * buffer + quotient;
    return learningRate * buffer;
  };
}

/** The rules of TensorFlow's `ApplyRMSProp` and `ApplyCenteredRMSProp`. */
export function tensorflowRMSProp(numbers: RMSPropNumbers): Rule {
  const { learningRate, decay, epsilon, momentum, centered } = numbers;
  let square = numbers.initialMeanSquare;
  let mean = 0;
  let velocity = 0;
  return (g) => {
    square += (g * g - square) * (1 - decay);
    if (centered) mean += (g - mean) * (1 - decay);
    const denominator = square - mean * mean + epsilon;
    velocity = velocity * momentum + (learningRate * g) / Math.sqrt(denominator);
    return velocity;
  };
}

/** The rule of `torch.optim.SGD`. */
export function torchSGD(learningRate: number, momentum: number, nesterov: boolean): Rule {
  let buffer: number | undefined;
  return (g) => {
    if (momentum === 0) return learningRate * g;
    buffer = buffer === undefined ? g : momentum * buffer + g;
    return learningRate * (nesterov ? g + momentum * buffer : buffer);
  };
}

/** `torch.nn.utils.clip_grad_norm_` over all gradients; returns the scaled ones. */
export function torchClip(gradients: number[][], maxNorm: number): number[][] {
  const norm = Math.sqrt(gradients.flat().reduce((sum, g) => sum + g * g, 0));
  const factor = Math.min(1, maxNorm / (norm + 1e-6));
  return gradients.map((values) => values.map((g) => g * factor));
}
