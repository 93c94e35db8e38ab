import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import "../../../src/envs/builtin.js";
import { Logger } from "../../../src/logging/index.js";
import { CfCActorCritic } from "../../../src/models/index.js";
import { Dashboard } from "../../../src/node/dashboard/dashboard.js";
import { decodeScene, encodeScene } from "../../../src/node/dashboard/message.js";
import { PPOTrainer } from "../../../src/trainers/index.js";

const frame = { height: 2, width: 3, data: Uint8Array.from({ length: 18 }, (_, i) => i * 10) };

describe("Dashboard", () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await Dashboard.open();
  });
  afterAll(() => dashboard.close());

  it("serves one page that asks for nothing elsewhere", async () => {
    const page = await fetch(dashboard.url);
    const html = await page.text();
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(html).toContain('<canvas id="game"');
    expect(html).not.toMatch(/(src|href)="(?!data:)|@import|url\(/);
    expect((await fetch(`${dashboard.url}other`)).status).toBe(404);
  });

  it("sends pictures only to who asks, and not more often than wanted", async () => {
    expect(dashboard.waiting).toBe(false);
    expect((await fetch(`${dashboard.url}scene`)).status).toBe(204);
    expect(dashboard.waiting).toBe(true);
    dashboard.show(frame, Float32Array.of(0.5, -1));
    expect(dashboard.waiting).toBe(false);
    const scene = decodeScene(await (await fetch(`${dashboard.url}scene`)).arrayBuffer());
    expect(scene).toEqual({ frame, activity: Float32Array.of(0.5, -1) });
    expect(decodeScene(encodeScene({ frame, activity: new Float32Array(0) }).buffer).frame).toEqual(frame);
  });

  it("streams rows, those before as well, and replaces rows of a resumed run", async () => {
    dashboard.write({ a: 1, b: Number.NaN }, 10);
    dashboard.write({ a: 2 }, 20);
    dashboard.write({ a: 3 }, 15);
    const stream = (await fetch(`${dashboard.url}rows`)).body?.getReader();
    const read = async () => new TextDecoder().decode((await stream?.read())?.value);
    expect(await read()).toBe('data: [{"step":10,"row":{"a":1,"b":null}},{"step":15,"row":{"a":3}}]\n\n');
    dashboard.write({ a: 4 }, 30);
    expect(await read()).toBe('data: [{"step":30,"row":{"a":4}}]\n\n');
    await stream?.cancel();
  });

  it("answers to no other name than that of this machine", async () => {
    const { port } = new URL(dashboard.url);
    const status = await new Promise((resolve) => {
      request({ host: "127.0.0.1", port, headers: { host: "evil.example" } }, (response) => {
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(403);
  });

  it("says when the port is taken or wrong", async () => {
    const port = Number(new URL(dashboard.url).port);
    await expect(Dashboard.open({ port })).rejects.toMatchObject({ code: "DASHBOARD" });
    await expect(Dashboard.open({ port: 70_000 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(Dashboard.open({ fps: 0 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});

const browser = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path));
if (!browser) console.warn("Chromium is not installed: the dashboard is not looked at. apt install chromium");

describe.skipIf(!browser)("the page in Chromium", () => {
  const profile = mkdtempSync(join(tmpdir(), "dashboard-"));
  afterAll(() => rmSync(profile, { recursive: true, force: true }));

  it("shows the game, the neurons and the curves of a training", async () => {
    await useBackend("wasm");
    const dashboard = await Dashboard.open({ fps: 50 });
    const trainer = new PPOTrainer({
      env: "CartPoleNoVel-v1",
      numEnvs: 2,
      nSteps: 32,
      batchSize: 32,
      nEpochs: 1,
      seed: 1,
      model: (spaces) => new CfCActorCritic({ ...spaces, units: 16, encoderUnits: [] }),
    });
    const window = await chromium.launchPersistentContext(profile, {
      executablePath: browser,
      headless: true,
      viewport: { width: 1100, height: 700 },
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
      ],
    });
    try {
      const page = window.pages()[0] ?? (await window.newPage());
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("request", (asked) => {
        const url = asked.url();
        if (!url.startsWith(dashboard.url) && !url.startsWith("data:")) problems.push(`asked for ${url}`);
      });
      await page.goto(dashboard.url);
      const training = trainer.learn({
        hours: 1,
        logger: new Logger([dashboard]),
        callbacks: [
          dashboard.callback(),
          {
            onUpdateEnd: async () =>
              !(await page.locator("#activity").isVisible()) || trainer.iterations < 12,
          },
        ],
      });
      await training;
      await page.waitForFunction(() => document.querySelectorAll(".chart").length >= 6);
      expect(await page.locator("#summary").textContent()).toMatch(/steps · mean return [\d.]+ · /);
      const screenshot = await page.screenshot(
        process.env.NCPS_SCREENSHOT ? { path: process.env.NCPS_SCREENSHOT } : {},
      );
      const colours = new Set<number>();
      const { data, channels } = decode(screenshot);
      for (let i = 0; i < data.length; i += channels)
        colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
      expect(colours.size).toBeGreaterThan(50); // game, heat map and curves, not an empty page
      const drawn = await page.evaluate(() => {
        const { width, height } = document.querySelector("#neurons") as HTMLCanvasElement;
        const game = document.querySelector("#game") as HTMLCanvasElement;
        const pixels = game.getContext("2d")?.getImageData(0, 0, game.width, game.height).data ?? [];
        return { width, height, game: new Set(pixels).size };
      });
      expect(drawn).toMatchObject({ width: 240, height: 16 });
      expect(drawn.game).toBeGreaterThan(2);
      expect(problems).toEqual([]);
    } finally {
      await window.close();
      await trainer.close();
      await dashboard.close();
    }
  });
});
