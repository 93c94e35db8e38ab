/** The page: receives rows as they are logged, and polls scenes and status while it is visible. */

import { decodeScene, type RowMessage, type Status } from "../message.js";
import { ActivityStrip, drawFrame } from "./canvases.js";
import { Charts } from "./charts.js";
import { detailsOf, lostConnection, progressOf, summaryOf } from "./words.js";

const element = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind;
const charts = new Charts(element("charts"));
const strip = new ActivityStrip(element("neurons"));
let closed = false;

const events = new EventSource("/rows");
events.onmessage = ({ data }: MessageEvent<string>) => {
  const rows = JSON.parse(data) as RowMessage[];
  charts.add(rows);
  const last = rows[rows.length - 1];
  if (last) element("summary").textContent = summaryOf(last);
};
events.addEventListener("closed", () => {
  closed = true;
});
events.onopen = () => {
  closed = false;
  connection("");
};
events.onerror = () => connection(lostConnection(closed, events.readyState === EventSource.CLOSED));

function connection(text: string): void {
  const place = element("connection");
  place.textContent = text;
  place.hidden = text === "";
}

function showStatus(status: Status): void {
  document.title = status.title;
  element("title").textContent = status.title;
  element("details").textContent = detailsOf(status);
  element("progress-text").textContent = progressOf(status);
  const bar = element<HTMLProgressElement>("progress");
  bar.hidden = !status.progress;
  if (status.progress) bar.value = status.progress.share;
}

function showScene(bytes: ArrayBuffer): void {
  const { frame, activity } = decodeScene(bytes);
  element("view").hidden = false;
  drawFrame(element("game"), frame);
  element("activity").hidden = activity.length === 0;
  if (activity.length === 0) return;
  strip.add(activity);
  const { seconds } = strip;
  element("since").textContent = seconds === undefined ? "earlier" : `${Math.round(seconds)} s ago`;
}

// Polls again after each response while the page is visible; the event stream detects lost connections.
async function ask(
  path: string,
  milliseconds: number,
  show: (answer: Response) => Promise<void>,
): Promise<void> {
  if (!document.hidden) {
    try {
      const answer = await fetch(path);
      if (answer.status === 200) await show(answer);
    } catch {
      // shown already
    }
  }
  setTimeout(ask, milliseconds, path, milliseconds, show);
}
void ask("/scene", 100, async (answer) => showScene(await answer.arrayBuffer()));
void ask("/status", 1000, async (answer) => showStatus((await answer.json()) as Status));
