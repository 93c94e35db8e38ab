/** Charts of the logged metrics. */

import uPlot from "uplot";
import type { RowMessage } from "../message.js";
import { RowWindow } from "../row-window.js";
import { type ChartPlan, planCharts } from "./chart-plans.js";
import { shortNumber, tickText } from "./words.js";

const HEIGHT = 170;
// Up to this many evaluations are each marked by a point.
const MARKED = 200;

interface Chart {
  plan: ChartPlan;
  box: HTMLElement;
  values: HTMLElement;
  plot: uPlot;
}

/** Draws a chart for each metric that occurs; known ones grouped under a title, others separately. */
export class Charts {
  private readonly window = new RowWindow();
  private readonly keys = new Set<string>();
  private readonly charts = new Map<string, Chart>();
  private due = false;

  constructor(private readonly parent: HTMLElement) {
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      for (const { plot } of this.charts.values()) plot.redraw(false, true);
    });
  }

  /** Adds rows; existing rows of the same step and of later ones are replaced. */
  add(rows: readonly RowMessage[]): void {
    for (const message of rows) {
      this.window.add(message);
      for (const key of Object.keys(message.row)) this.keys.add(key);
    }
    // Many rows cause one redraw, and none while the page is hidden.
    if (!this.due) requestAnimationFrame(() => this.draw());
    this.due = true;
  }

  private draw(): void {
    this.due = false;
    const { rows } = this.window;
    const steps = rows.map(({ step }) => step);
    planCharts(this.keys).forEach((plan, place) => {
      const data: uPlot.AlignedData = [
        steps,
        ...plan.curves.map(({ key }) => rows.map(({ row }) => row[key] ?? null)),
      ];
      const old = this.charts.get(plan.title);
      if (old && old.plan.curves.length === plan.curves.length) {
        old.plot.setData(data);
        showValues(old);
      } else {
        const chart = this.make(plan, data, old);
        this.charts.set(plan.title, chart);
        this.parent.insertBefore(chart.box, this.parent.children[place] ?? null);
        showValues(chart);
      }
    });
  }

  private make(plan: ChartPlan, data: uPlot.AlignedData, old?: Chart): Chart {
    old?.plot.destroy();
    old?.box.remove();
    const box = add(document.createElement("div"), "chart");
    const head = add(box.appendChild(document.createElement("div")), "head");
    head.appendChild(document.createElement("h2")).textContent = plan.title;
    const values = add(head.appendChild(document.createElement("p")), "values");
    const place = box.appendChild(document.createElement("div"));
    const plot = new uPlot(
      {
        width: 280,
        height: HEIGHT,
        scales: { x: { time: false } },
        legend: { show: false },
        cursor: { y: false, drag: { x: true, y: false } },
        axes: [
          { ...axis(), size: 28 },
          { ...axis(), size: 56, space: 24 },
        ],
        series: [{}, ...plan.curves.map(({ key }, i) => curve(key, i))],
        hooks: { setCursor: [() => showValues(chart)] },
      },
      data,
      place,
    );
    const chart: Chart = { plan, box, values, plot };
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
    return chart;
  }
}

// Shows the newest values, or those under the pointer, each in the colour of its curve.
function showValues({ plan, values, plot }: Chart): void {
  const under = plot.cursor.idx;
  const texts = plan.curves.map(({ label }, i) => {
    const column = plot.data[i + 1];
    const at = nearest(column, under ?? column.length - 1);
    const text = at < 0 ? "not yet known" : shortNumber(column[at] as number);
    const span = add(document.createElement("span"), `curve-${i % 4}`);
    span.textContent = plan.curves.length > 1 ? `${label} ${text}` : text;
    return span;
  });
  const where =
    under === null || under === undefined ? [] : [`at ${shortNumber(plot.data[0][under])} steps: `];
  values.replaceChildren(...where, ...texts.flatMap((span, i) => (i === 0 ? [span] : [" · ", span])));
}

// The last index up to the given one that has a value.
function nearest(column: ArrayLike<number | null | undefined>, from: number): number {
  let at = from;
  while (at >= 0 && (column[at] === null || column[at] === undefined)) at--;
  return at;
}

function curve(key: string, i: number): uPlot.Series {
  const stroke = () => colour(`--curve-${i % 4}`);
  const series: uPlot.Series = { stroke, width: 1.5, spanGaps: true };
  if (!key.startsWith("eval/")) return series;
  const few = (plot: uPlot, at: number) =>
    Array.from(plot.data[at]).filter((value) => value !== null).length <= MARKED;
  return { ...series, points: { show: few, size: 5, stroke, fill: stroke } };
}

function axis(): uPlot.Axis {
  const lines = { stroke: () => colour("--grid"), width: 1 };
  return {
    stroke: () => colour("--ink"),
    grid: lines,
    ticks: lines,
    values: (_, ticks) => ticks.map(tickText),
  };
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function add<Kind extends HTMLElement>(element: Kind, className: string): Kind {
  element.className = className;
  return element;
}
