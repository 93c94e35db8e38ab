import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { connect } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Logger } from "../../../src/logging/index.js";
import { CfCActorCritic } from "../../../src/models/index.js";
import { Dashboard } from "../../../src/node/dashboard/dashboard.js";
import { decodeScene, encodeScene } from "../../../src/node/dashboard/message.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { PPOTrainer, type TrainerProgress } from "../../../src/trainers/index.js";

const frame = { height: 2, width: 3, data: Uint8Array.from({ length: 18 }, (_, i) => i * 10) };

describe("Dashboard", () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await Dashboard.open();
  });
  afterAll(() => dashboard.close());

  it("serves one page that makes no requests to other hosts", async () => {
    const page = await fetch(dashboard.url);
    const html = await page.text();
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(html).toContain('<canvas id="game"');
    expect(html).not.toMatch(/(src|href)="(?!data:)|@import|url\(/);
    expect((await fetch(`${dashboard.url}other`)).status).toBe(404);
  });

  it("sends pictures only on request, and at most at the given rate", async () => {
    expect(dashboard.waiting).toBe(false);
    expect((await fetch(`${dashboard.url}scene`)).status).toBe(204);
    expect(dashboard.waiting).toBe(true);
    dashboard.show(frame, Float32Array.of(0.5, -1));
    expect(dashboard.waiting).toBe(false);
    const scene = decodeScene(await (await fetch(`${dashboard.url}scene`)).arrayBuffer());
    expect(scene).toEqual({ frame, activity: Float32Array.of(0.5, -1) });
    expect(decodeScene(encodeScene({ frame, activity: new Float32Array(0) }).buffer).frame).toEqual(frame);
  });

  it("streams rows, including earlier ones, and replaces rows of a resumed run", async () => {
    dashboard.write({ a: 1, b: Number.NaN }, 10);
    dashboard.write({ a: 2 }, 20);
    dashboard.write({ a: 3 }, 15);
    const stream = (await fetch(`${dashboard.url}rows`)).body?.getReader();
    const read = async () => new TextDecoder().decode((await stream?.read())?.value);
    const rows = async () => JSON.parse((await read()).slice("data: ".length)) as object[];
    expect(await rows()).toMatchObject([
      { index: 0, step: 10, row: { a: 1, b: null } },
      { index: 1, step: 15, row: { a: 3 } },
    ]);
    dashboard.write({ a: 4 }, 30);
    expect(await rows()).toMatchObject([{ index: 2, step: 30, row: { a: 4 } }]);
    await stream?.cancel();
  });

  it("reports the run's name, its details, its progress and the time left", async () => {
    const named = await Dashboard.open({ title: "cart-pole", details: { env: "CartPole-v1", seed: 3 } });
    const status = async () => (await fetch(`${named.url}status`)).json();
    const details = { env: "CartPole-v1", seed: 3 };
    expect(await status()).toEqual({ title: "cart-pole", details, ended: false });
    const callback = named.callback();
    const at = (progress: number, elapsedSeconds: number) =>
      ({ progress, elapsedSeconds }) as TrainerProgress;
    await callback.onTrainingStart?.(at(0, 0));
    expect(await status()).toMatchObject({ progress: { share: 0, secondsLeft: null }, ended: false });
    await callback.onUpdateEnd?.(at(0.25, 30), {});
    expect(await status()).toMatchObject({ details, progress: { share: 0.25, secondsLeft: 90 } });
    await callback.onTrainingEnd?.(at(0.5, 60));
    expect(await status()).toMatchObject({ ended: true });
    await named.close();
    expect(await (await fetch(`${dashboard.url}status`)).json()).toMatchObject({
      title: "ncps-ts",
      details: {},
    });
  });

  const ask = (options: RequestOptions, at = dashboard) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const { port } = new URL(at.url);
      request({ host: "127.0.0.1", port, ...options }, (response) => resolve(response.resume()))
        .on("error", reject)
        .end();
    });
  const statusFor = async (host: string, at = dashboard) => (await ask({ headers: { host } }, at)).statusCode;

  it("answers to this machine's names with any port, as behind port 80 or ssh -L, and to no other", async () => {
    for (const host of [
      "localhost",
      "127.0.0.1",
      "localhost:8080",
      "[::1]:1",
      "LOCALHOST",
      "a.localhost:3",
    ]) {
      expect(await statusFor(host)).toBe(200);
    }
    const strangers = ["evil.example", "localhost.evil.example:80", "localhost@evil.example", "192.168.1.5"];
    for (const host of strangers) expect(await statusFor(host)).toBe(403);
  });

  it("answers to allowed names, and to addresses if it listens on all", async () => {
    const allowedHosts = ["gpu1.example.org", ".app.example.dev"];
    const open = await Dashboard.open({ host: "0.0.0.0", allowedHosts });
    try {
      expect(new URL(open.url).hostname).toBe("127.0.0.1");
      for (const host of ["gpu1.example.org:80", "x-8080.app.example.dev", "192.168.1.5:8080", hostname()]) {
        expect(await statusFor(host, open)).toBe(200);
      }
      for (const host of ["gpu2.example.org", "evil-app.example.dev.org", "evil.example"]) {
        expect(await statusFor(host, open)).toBe(403);
      }
    } finally {
      await open.close();
    }
  });

  it("answers GET and HEAD only", async () => {
    for (const path of ["/", "/scene", "/rows"]) {
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
        const { statusCode, headers } = await ask({ method, path });
        expect([statusCode, headers.allow]).toEqual([405, "GET, HEAD"]);
      }
      expect([200, 204]).toContain((await ask({ method: "HEAD", path })).statusCode);
    }
  });

  it("forbids frames, other scripts, and requests to other hosts", async () => {
    for (const path of ["/", "/scene", "/nothing"]) {
      const { headers } = await ask({ path });
      expect(headers["x-frame-options"]).toBe("DENY");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      const policy = headers["content-security-policy"];
      expect(policy).toContain("default-src 'none'; script-src 'sha256-");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
    }
  });

  it("still answers with 200 readers that do not read", async () => {
    const crowded = await Dashboard.open();
    const row = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`train/metric_${i}`, i / 7]));
    for (let step = 0; step < 3000; step++) crowded.write(row, step);
    const before = process.memoryUsage().rss;
    const port = Number(new URL(crowded.url).port);
    const sockets = Array.from({ length: 200 }, () => connect(port, "127.0.0.1"));
    try {
      for (const socket of sockets) {
        socket.on("error", () => {}).pause();
        socket.write("GET /rows HTTP/1.1\r\nHost: localhost\r\n\r\n");
      }
      while (crowded.readers < 16 || crowded.connections < 64) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      for (let step = 3000; step < 4000; step++) {
        crowded.write(row, step);
        if (step % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      expect(crowded.connections).toBeLessThanOrEqual(64);
      expect(crowded.readers).toBe(16);
      expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(100);
      for (const socket of sockets) socket.destroy();
      while (crowded.connections > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      expect((await fetch(crowded.url)).status).toBe(200);
    } finally {
      for (const socket of sockets) socket.destroy();
      await crowded.close();
    }
  });

  it("sends all rows to a slow reader", async () => {
    const patient = await Dashboard.open();
    for (let step = 0; step < 3000; step++) patient.write({ a: step, b: Math.PI, c: Math.E }, step);
    const response = await fetch(`${patient.url}rows`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let step = 3000; step < 3500; step++) patient.write({ a: step }, step);
    let text = "";
    while (!text.endsWith(`"step":3499,"row":{"a":3499}}]\n\n`)) text += (await reader?.read())?.value;
    const events = text.split("\n\n").filter(Boolean);
    const seen = events.flatMap((event) => JSON.parse(event.slice("data: ".length)) as { step: number }[]);
    expect(seen.map(({ step }) => step)).toEqual(Array.from({ length: 3500 }, (_, i) => i));
    await reader?.cancel();
    await patient.close();
  });

  it("reports a port that is taken or invalid", async () => {
    const port = Number(new URL(dashboard.url).port);
    await expect(Dashboard.open({ port })).rejects.toMatchObject({ code: "DASHBOARD" });
    await expect(Dashboard.open({ port: 70_000 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(Dashboard.open({ fps: 0 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(Dashboard.open({ host: "" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(Dashboard.open({ host: "203.0.113.1" })).rejects.toMatchObject({ code: "DASHBOARD" });
    for (const name of ["http://a.org", "a.org:80", "*", "a/b"]) {
      await expect(Dashboard.open({ allowedHosts: [name] })).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
      });
    }
  });
});

const browser = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path));
if (!browser)
  console.warn("Chromium is not installed: the dashboard's page is not tested. apt install chromium");

describe.skipIf(!browser)("the page in Chromium", () => {
  const profile = mkdtempSync(join(tmpdir(), "dashboard-"));
  afterAll(() => rmSync(profile, { recursive: true, force: true }));
  const open = (viewport: { width: number; height: number }, colorScheme: "light" | "dark" = "light") =>
    chromium.launchPersistentContext(profile, {
      executablePath: browser,
      headless: true,
      viewport,
      colorScheme,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
      ],
    });

  it("shows the game, the neurons and the curves of a training", async () => {
    await useBackend("wasm");
    const dashboard = await Dashboard.open({ fps: 50 });
    const trainer = new PPOTrainer({
      env: "CartPoleNoVel-v1",
      numEnvs: 2,
      numSteps: 32,
      batchSize: 32,
      nEpochs: 1,
      seed: 1,
      model: (spaces) => new CfCActorCritic({ ...spaces, units: 16, hiddenUnits: [] }),
    });
    const window = await open({ width: 1100, height: 700 });
    try {
      const page = window.pages()[0] ?? (await window.newPage());
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (line) => line.type() === "error" && problems.push(line.text()));
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
      expect(await page.locator("#details").textContent()).toBe("backend wasm");
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

  it("follows the colour scheme and the width of the window, and begins with game and curves on a phone", async () => {
    const dashboard = await Dashboard.open({ title: "breakout", details: { seed: 3 } });
    for (let step = 1; step <= 50; step++) {
      dashboard.write({ "rollout/ep_rew_mean": step, "train/loss": 1 / step, "time/fps": 1000 }, step * 100);
    }
    dashboard.show({ height: 210, width: 160, data: new Uint8Array(210 * 160 * 3) }, new Float32Array(8));
    const window = await open({ width: 390, height: 844 }, "dark");
    try {
      const page = window.pages()[0] ?? (await window.newPage());
      await page.goto(dashboard.url);
      await page.waitForFunction(() => document.querySelectorAll(".chart canvas").length === 3);
      await page.locator("#game").waitFor();
      await page.waitForFunction(() => document.title === "breakout");
      expect(await page.locator(".chart .head").allTextContents()).toEqual([
        "Return50",
        "Loss0.02",
        "Steps per second1000",
      ]);
      const look = () =>
        page.evaluate(() => {
          const chart = document.querySelector(".chart") as HTMLElement;
          const { top, right } = chart.getBoundingClientRect();
          const plot = (chart.querySelector("canvas") as HTMLCanvasElement).getBoundingClientRect();
          const canvas = chart.querySelector("canvas") as HTMLCanvasElement;
          const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
          let brightest = 0;
          for (let i = 0; i < pixels.length; i += 4) {
            if (pixels[i + 3] === 255)
              brightest = Math.max(brightest, pixels[i] + pixels[i + 1] + pixels[i + 2]);
          }
          return {
            top,
            spare: right - plot.right,
            width: plot.width,
            overflow: document.documentElement.scrollWidth - innerWidth,
            card: getComputedStyle(chart).backgroundColor,
            brightest,
          };
        });
      const phone = await look();
      expect(phone.top).toBeLessThan(600); // the first curve is in the first screen
      expect(phone).toMatchObject({ overflow: 0, card: "rgb(30, 33, 39)" });
      expect(phone.brightest).toBeGreaterThan(600); // axes in light ink
      await page.setViewportSize({ width: 1300, height: 700 });
      await page.emulateMedia({ colorScheme: "light" });
      await page.waitForTimeout(500);
      const desktop = await look();
      expect(desktop).toMatchObject({ overflow: 0, card: "rgb(255, 255, 255)" });
      expect(Math.abs(desktop.spare - phone.spare)).toBeLessThan(2); // as wide as its card allows
      expect(desktop.width).not.toBe(phone.width);
      await dashboard.close();
      await page.locator("#connection").waitFor();
      expect(await page.locator("#connection").textContent()).toMatch(/^The dashboard was closed/);
    } finally {
      await window.close();
      await dashboard.close().catch(() => {});
    }
  });
});
