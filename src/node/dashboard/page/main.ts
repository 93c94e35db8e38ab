/** The page: hears rows as they come, and asks for scenes while it is looked at. */

import { decodeScene, type RowMessage } from "../message.js";
import { drawActivity, drawFrame } from "./canvases.js";
import { Charts } from "./charts.js";

const element = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind;
const charts = new Charts(element("charts"));

const events = new EventSource("/rows");
events.onmessage = ({ data }: MessageEvent<string>) => {
  const rows = JSON.parse(data) as RowMessage[];
  charts.add(rows);
  const last = rows[rows.length - 1];
  if (last) element("summary").textContent = summary(last);
};
events.onopen = () => connection("");
events.onerror = () => connection("connection lost: is the program still running?");

function summary({ step, row }: RowMessage): string {
  const mean = row["rollout/ep_rew_mean"];
  const fps = row["time/fps"];
  const parts = [`${step.toLocaleString("en")} steps`];
  if (mean !== undefined) parts.push(`mean return ${mean === null ? "not yet known" : mean.toFixed(1)}`);
  if (fps !== undefined && fps !== null) parts.push(`${fps.toLocaleString("en")} steps a second`);
  return parts.join(" · ");
}

function connection(text: string): void {
  const place = element("connection");
  place.textContent = text;
  place.className = text ? "lost" : "";
}

async function look(): Promise<void> {
  if (!document.hidden) {
    try {
      const response = await fetch("/scene");
      if (response.status === 200) {
        const { frame, activity } = decodeScene(await response.arrayBuffer());
        drawFrame(element("game"), frame);
        element("activity").hidden = activity.length === 0;
        if (activity.length > 0) drawActivity(element("neurons"), activity);
      }
    } catch {
      // The event stream tells of lost connections.
    }
  }
  setTimeout(look, 100);
}
void look();
