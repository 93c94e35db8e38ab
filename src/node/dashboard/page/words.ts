/** Numbers and the state of the training as text. */

import { formatDuration } from "../../time-left.js";
import type { RowMessage, Status } from "../message.js";

/** A number with four significant digits: `0.1235`, `431.2`, `12.35k`, `102.4M`. */
export function shortNumber(value: number): string {
  return scaled(value, 4);
}

/** Text of an axis tick, with enough digits to distinguish it from the next one. */
export function tickText(value: number): string {
  return scaled(value, 6);
}

function scaled(value: number, digits: number): string {
  const units: [number, string][] = [
    [1e9, "G"],
    [1e6, "M"],
    [1e4, "k"],
  ];
  const unit = units.find(([size]) => Math.abs(value) >= size);
  if (!unit) return String(Number(value.toPrecision(digits)));
  const [size, name] = unit;
  return `${Number((value / (name === "k" ? 1000 : size)).toPrecision(digits))}${name}`;
}

/** The newest metrics of the training in one line. */
export function summaryOf({ step, row }: RowMessage): string {
  const mean = row["rollout/ep_rew_mean"];
  const unit = "time/batches" in row ? "minibatches" : "steps";
  const speed = row["time/fps"] ?? row["time/batches_per_second"];
  const parts = [`${step.toLocaleString("en")} ${unit}`];
  if (mean !== undefined) parts.push(`mean return ${mean === null ? "not yet known" : mean.toFixed(1)}`);
  if (speed !== undefined && speed !== null)
    parts.push(`${Math.round(speed).toLocaleString("en")} ${unit} per second`);
  return parts.join(" · ");
}

/** What is trained, in one line: `CartPole-v1 · seed 1 · backend wasm`. */
export function detailsOf({ details }: Status): string {
  const named = ([name, value]: [string, string | number]) => (name === "env" ? value : `${name} ${value}`);
  return Object.entries(details).map(named).join(" · ");
}

/** Progress of the training: `12 % · 3m05s left`. */
export function progressOf({ progress, ended }: Status): string {
  if (!progress) return "";
  const percent = `${Math.floor(100 * progress.share)} %`;
  if (ended) return `${percent} · training has ended`;
  const { secondsLeft } = progress;
  return secondsLeft === null ? percent : `${percent} · ${formatDuration(secondsLeft)} left`;
}

/** What to show when the program does not answer. */
export function lostConnection(closed: boolean, refused: boolean): string {
  if (closed) return "The dashboard was closed; the page shows its last state.";
  if (refused) return "Too many pages watch this training: close one and reload.";
  return "Connection lost: is the program still running? The page tries again.";
}
