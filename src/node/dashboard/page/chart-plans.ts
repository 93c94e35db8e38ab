/** The charts of the page: which metrics each contains, and their labels. */

/** A curve of a chart. */
export interface CurvePlan {
  /** Key of the metric in the log. */
  key: string;
  /** Label of the curve, to distinguish it from others in its chart. */
  label: string;
}

/** A chart. */
export interface ChartPlan {
  title: string;
  curves: CurvePlan[];
}

const training = "training";
const evaluation = "evaluation";

function one(title: string, key: string): ChartPlan {
  return { title, curves: [{ key, label: title }] };
}

function both(title: string, key: string, evaluated: string): ChartPlan {
  return {
    title,
    curves: [
      { key, label: training },
      { key: evaluated, label: evaluation },
    ],
  };
}

// In the order in which the page shows them.
const known: readonly ChartPlan[] = [
  both("Return", "rollout/ep_rew_mean", "eval/mean_reward"),
  both("Success rate", "rollout/success_rate", "eval/success_rate"),
  both("Episode length", "rollout/ep_len_mean", "eval/mean_ep_length"),
  one("Policy loss", "train/policy_gradient_loss"),
  one("Value loss", "train/value_loss"),
  {
    title: "Loss",
    curves: [
      { key: "train/loss", label: training },
      { key: "val/loss", label: "validation" },
    ],
  },
  {
    title: "Accuracy",
    curves: [
      { key: "train/accuracy", label: training },
      { key: "val/accuracy", label: "validation" },
    ],
  },
  one("Entropy loss", "train/entropy_loss"),
  one("Approximate KL divergence", "train/approx_kl"),
  one("Mean KL divergence", "train/approx_kl_mean"),
  one("KL divergence", "train/kl"),
  one("Weight of the KL penalty", "train/kl_coef"),
  one("Explained variance", "train/explained_variance"),
  one("Clip fraction", "train/clip_fraction"),
  one("Gradient norm", "train/grad_norm"),
  one("Learning rate", "train/learning_rate"),
  one("Standard deviation of the actions", "train/std"),
  one("TD error", "train/td_error"),
  one("Mean Q value", "train/q_mean"),
  one("Exploration rate", "rollout/exploration_rate"),
  one("Steps in memory", "rollout/memory_size"),
  one("Steps per second", "time/fps"),
  one("Minibatches per second", "time/batches_per_second"),
];

// Clocks and counters, which are straight lines.
const counters = /^time\/(?!fps$|batches_per_second$)|n_updates$|^train\/epoch$/;

/** A readable title of a key: `custom/ball_speed` is `Ball speed (custom)`; groups of the trainers are omitted. */
export function titleOf(key: string): string {
  const slash = key.lastIndexOf("/");
  const words = key
    .slice(slash + 1)
    .replace(/[_\s]+/g, " ")
    .trim();
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  const group = key.slice(0, Math.max(0, slash)).replace(/_/g, " ");
  return ["", "train", "rollout", "time"].includes(group) ? title : `${title} (${group})`;
}

/**
 * The charts of a log with these keys, in the order of the page: known metrics first, then all others in order of
 * appearance. Each chart contains only the curves that occur.
 */
export function planCharts(keys: Iterable<string>): ChartPlan[] {
  const there = new Set(keys);
  const plans = known
    .map(({ title, curves }) => ({ title, curves: curves.filter(({ key }) => there.has(key)) }))
    .filter(({ curves }) => curves.length > 0);
  const planned = new Set(known.flatMap(({ curves }) => curves.map(({ key }) => key)));
  const others = [...there].filter((key) => !planned.has(key) && !counters.test(key));
  const titles = new Set(known.map(({ title }) => title));
  for (const key of others) {
    // Two keys of one name, such as train/x and rollout/x, are distinguished by their keys.
    const title = titles.has(titleOf(key)) ? key : titleOf(key);
    titles.add(title);
    plans.push(one(title, key));
  }
  return plans;
}
