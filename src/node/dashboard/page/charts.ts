/** Curves of the log: one chart a group of figures. */

import uPlot from "uplot";
import type { RowMessage } from "../message.js";
import { RowWindow } from "../row-window.js";

interface ChartPlan {
  title: string;
  keys: string[];
}

const plans: ChartPlan[] = [
  { title: "Return", keys: ["rollout/ep_rew_mean", "eval/mean_reward"] },
  { title: "Policy loss", keys: ["train/policy_gradient_loss"] },
  { title: "Value loss", keys: ["train/value_loss"] },
  { title: "Loss", keys: ["train/loss"] },
  { title: "Entropy loss", keys: ["train/entropy_loss"] },
  { title: "Approximate KL", keys: ["train/approx_kl"] },
  { title: "Explained variance", keys: ["train/explained_variance"] },
  { title: "Steps a second", keys: ["time/fps"] },
];
const colours = ["#0a6ebd", "#d1495b", "#2a9d4a", "#8e5ea2"];

/** Draws a chart for each figure that occurs; known ones together under a title, others under their key. */
export class Charts {
  private readonly window = new RowWindow();
  private readonly charts = new Map<string, { plan: ChartPlan; plot: uPlot }>();

  constructor(private readonly parent: HTMLElement) {}

  /** Takes in rows; those of a step that was there already, and all later ones, are replaced. */
  add(rows: readonly RowMessage[]): void {
    for (const row of rows) this.window.add(row);
    const keys = new Set(this.window.rows.flatMap(({ row }) => Object.keys(row)));
    for (const plan of plans) {
      if (plan.keys.some((key) => keys.has(key))) this.draw(plan);
    }
    for (const key of keys) {
      const known = plans.some((plan) => plan.keys.includes(key)) || /^time\/|_len_|n_updates/.test(key);
      if (!known) this.draw({ title: key, keys: [key] });
    }
  }

  private draw(plan: ChartPlan): void {
    const { rows } = this.window;
    const data: uPlot.AlignedData = [
      rows.map(({ step }) => step),
      ...plan.keys.map((key) => rows.map(({ row }) => row[key] ?? null)),
    ];
    const chart = this.charts.get(plan.title);
    if (chart) chart.plot.setData(data);
    else this.charts.set(plan.title, { plan, plot: this.make(plan, data) });
  }

  private make({ title, keys }: ChartPlan, data: uPlot.AlignedData): uPlot {
    const box = document.createElement("div");
    box.className = "chart";
    this.parent.append(box);
    const series = keys.map((label, i) => ({
      label,
      stroke: colours[i % colours.length],
      width: 1.5,
      spanGaps: true,
    }));
    return new uPlot(
      {
        title,
        width: Math.max(280, box.clientWidth - 10),
        height: 190,
        scales: { x: { time: false } },
        axes: [
          { values: (_, ticks) => ticks.map(shorten) },
          { size: 60, values: (_, ticks) => ticks.map((tick) => String(Number(tick.toPrecision(3)))) },
        ],
        series: [{ label: "steps" }, ...series],
      },
      data,
      box,
    );
  }
}

function shorten(steps: number): string {
  if (steps >= 1e6) return `${steps / 1e6}M`;
  return steps >= 1e3 ? `${steps / 1e3}k` : String(steps);
}
