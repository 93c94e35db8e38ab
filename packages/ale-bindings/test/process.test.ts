import { ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { environmentPath } from "../lib/python-home.js";
import {
  ALEInterface,
  AleError,
  AsyncALEInterface,
  AsyncAtariEnv,
  AtariEnv,
  AtariVectorEnv,
  pythonPath,
} from "../src/index.js";
import { notStarted } from "../src/link.js";
import { ends, fakePython, hasAle, isRunning } from "./support.js";

function failure(call: () => unknown): AleError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(AleError);
    return error as AleError;
  }
  throw new Error("expected an AleError");
}

function timed<T>(call: () => T): { value: T; milliseconds: number } {
  const start = performance.now();
  return { value: call(), milliseconds: performance.now() - start };
}

describe("a failed start", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("names the install command when there is no Python", () => {
    vi.stubEnv("ALE_BINDINGS_PYTHON", "/nonexistent/python");
    const error = failure(() => new AtariEnv("ALE/Breakout-v5"));
    expect(error.code).toBe("PYTHON_MISSING");
    expect(error.message).toContain("/nonexistent/python");
    expect(error.message).toContain("npx ale-bindings install");
  });

  it("names the install command when nothing was installed", () => {
    vi.stubEnv("ALE_BINDINGS_PYTHON", "");
    vi.stubEnv("ALE_BINDINGS_HOME", "/nonexistent/home");
    const error = failure(() => new ALEInterface());
    expect(error.code).toBe("PYTHON_MISSING");
    expect(error.message).toContain("/nonexistent/home");
    expect(error.message).toContain("npx ale-bindings install");
  });

  it("does not accept a folder as an interpreter", () => {
    expect(failure(() => new ALEInterface({ python: tmpdir() })).code).toBe("PYTHON_MISSING");
  });

  it("sends no signal to an interpreter that could not be started, because it would reach other processes", async () => {
    const kill = vi.spyOn(ChildProcess.prototype, "kill").mockReturnValue(true);
    try {
      for (const python of [tmpdir(), fileURLToPath(import.meta.url)]) {
        expect(failure(() => new ALEInterface({ python })).code).toBe("PYTHON_MISSING");
        await expect(AsyncALEInterface.create({ python })).rejects.toMatchObject({ code: "PYTHON_MISSING" });
      }
      expect(kill).not.toHaveBeenCalled();
    } finally {
      kill.mockRestore();
    }
  });

  it.skipIf(!hasAle).each(["fifo", "stdio"])(
    "reports that file descriptors are exhausted: %s",
    (transport) => {
      const script = fileURLToPath(new URL("./fixtures/few-descriptors.ts", import.meta.url));
      const command = `ulimit -n 200; exec "$@"`;
      const args = [process.execPath, "--import", "tsx", script, transport, pythonPath()];
      const { status, stdout, stderr } = spawnSync("sh", ["-c", command, "sh", ...args], {
        encoding: "utf8",
      });
      expect([status, stdout, stderr]).toEqual([0, "START_FAILED started", ""]);
    },
  );

  it.each(["EAGAIN", "EMFILE", "ENOMEM"])("reports that the system refused: %s", (code) => {
    const cause = Object.assign(new Error(`spawn python ${code}`), { code });
    expect(notStarted("python", cause)).toMatchObject({ code: "START_FAILED", cause });
    expect(notStarted("python", cause).message).toContain(code);
  });

  it.skipIf(!existsSync("/proc/self/fd"))("leaves no file open when the system refuses", async () => {
    const cause = Object.assign(new Error("spawn ENOMEM"), { code: "ENOMEM" });
    const prototype = ChildProcess.prototype as unknown as { spawn(): void };
    const refusal = vi.spyOn(prototype, "spawn").mockImplementation(() => {
      throw cause;
    });
    onTestFinished(() => refusal.mockRestore());
    const count = () => readdirSync("/proc/self/fd").length;
    const before = count();
    const options = { python: process.execPath };
    for (let i = 0; i < 5; i++) {
      const expected = { code: "START_FAILED", cause };
      expect(failure(() => new ALEInterface(options))).toMatchObject(expected);
      await expect(AsyncALEInterface.create(options)).rejects.toMatchObject(expected);
    }
    expect(count()).toBeLessThan(before + 5);
  });

  it.each([
    { timeout: 0 },
    { timeout: Number.NaN },
    { startTimeout: -1 },
    { startTimeout: "1" as never },
    { python: "" },
    { python: pathToFileURL(process.execPath) as never },
    { toString: 1 } as never,
  ])("names an invalid option: %j", async (options) => {
    const [argument] = Object.keys(options);
    const expected = { code: "INVALID_ARGUMENT", argument };
    expect(failure(() => new ALEInterface(options))).toMatchObject(expected);
    await expect(AsyncALEInterface.create(options)).rejects.toMatchObject(expected);
    expect(failure(() => new AtariEnv("ALE/Pong-v5", options))).toMatchObject(expected);
    await expect(AsyncAtariEnv.create("ALE/Pong-v5", options)).rejects.toMatchObject(expected);
    const games = AtariVectorEnv.create("pong", { numEnvs: 1, ...options });
    await expect(games).rejects.toMatchObject(expected);
  });

  it("reports the last output of a process that dies immediately, quickly", () => {
    const python = fakePython("echo the interpreter is broken >&2; exit 3");
    const { value: error, milliseconds } = timed(() => failure(() => new ALEInterface({ python })));
    expect(error.code).toBe("PROCESS_DIED");
    expect(error.message).toContain("the interpreter is broken");
    expect(error.message).toContain("npx ale-bindings doctor");
    expect(milliseconds).toBeLessThan(15_000); // not by a timeout, even on a busy machine
  });

  it("times out for a process that never answers, and ends it", async () => {
    const python = fakePython("echo $$ >&2; exec sleep 60");
    const error = failure(() => new ALEInterface({ python, startTimeout: 400 }));
    expect(error.code).toBe("START_TIMEOUT");
    expect(await ends(Number(/(\d+)\s*$/.exec(error.message)?.[1]))).toBe(true);
  });

  it.skipIf(!hasAle)("reports that the interpreter lacks ale-py", () => {
    const python = fakePython(`exec "${pythonPath()}" -S "$@"`); // -S hides the installed packages
    const error = failure(() => new ALEInterface({ python }));
    expect(error.code).toBe("PACKAGE_MISSING");
    expect(error.message).toContain("npx ale-bindings install");
  });

  it.skipIf(!hasAle).each([
    ["at the start", 0],
    ["when the game is opened", 4096],
  ])("reports that shared memory is full %s", (_, room) => {
    const folder = mkdtempSync(join(tmpdir(), "full-memory-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(
      join(folder, "sitecustomize.py"),
      `import errno, os
allocate = os.posix_fallocate
def full(fd, offset, size):
    if size > ${room}:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    allocate(fd, offset, size)
os.posix_fallocate = full
`,
    );
    const python = fakePython(`PYTHONPATH="${folder}" exec "${pythonPath()}" "$@"`);
    const error = failure(() => new AtariEnv("ALE/Breakout-v5", { python }));
    expect(error.code).toBe("START_FAILED");
    expect(error.message).toMatch(/no room for \d+ bytes of shared memory: ENOSPC.*\/dev\/shm/);
  });

  it.skipIf(!hasAle)("reports that a ROM is missing", () => {
    vi.stubEnv("ALE_ROMS_DIR", tmpdir());
    const error = failure(() => new AtariEnv("ALE/Breakout-v5"));
    expect(error.code).toBe("ROM_MISSING");
    expect(error.message).toContain("npx ale-bindings");
  });
});

describe.skipIf(!hasAle)("the lifetime of a process", () => {
  const folders = () =>
    ["/dev/shm", tmpdir()]
      .filter((folder) => existsSync(folder))
      .flatMap((folder) => readdirSync(folder))
      .filter((name) => name.startsWith("ale-bindings-"));

  it("ends with close() and leaves no file", async () => {
    const before = folders();
    const env = new AtariEnv("ALE/Pong-v5");
    expect(isRunning(env.pid)).toBe(true);
    // others may be starting at the same time
    await vi.waitFor(() => expect(folders().filter((name) => !before.includes(name))).toEqual([]));
    env.close();
    expect(await ends(env.pid)).toBe(true);
  });

  it("throws an error when the process dies, quickly and for every later call", () => {
    const env = new AtariEnv("ALE/Pong-v5");
    env.reset({ seed: 0 });
    process.kill(env.pid, "SIGKILL");
    const { value: error, milliseconds } = timed(() => failure(() => playOn(env)));
    expect(error.code).toBe("PROCESS_DIED");
    expect(error.message).toContain("npx ale-bindings doctor");
    expect(milliseconds).toBeLessThan(15_000); // not by a timeout, even on a busy machine
    expect(failure(() => env.render()).code).toBe("PROCESS_DIED");
    env.close();
  });

  it("does not end with Ctrl+C, which belongs to the parent", async () => {
    const env = new AtariEnv("ALE/Pong-v5");
    env.reset({ seed: 0 });
    process.kill(env.pid, "SIGINT");
    expect(await ends(env.pid, 300)).toBe(false);
    expect(() => env.step(0)).not.toThrow();
    env.close();
    expect(await ends(env.pid)).toBe(true);
  });

  it("ends when its parent is killed", async () => {
    const { parent, pid } = await hold("wait");
    expect(isRunning(pid)).toBe(true);
    parent.kill("SIGKILL");
    await once(parent, "close");
    expect(await ends(pid)).toBe(true);
  });

  it("lets its parent end without close(), and ends with it", async () => {
    const { parent, pid } = await hold("end");
    if (parent.exitCode === null) await once(parent, "close");
    expect(parent.exitCode).toBe(0);
    expect(await ends(pid)).toBe(true);
  });
});

describe("the command line", () => {
  const bin = fileURLToPath(new URL("../bin/ale-bindings.js", import.meta.url));
  const run = (args: string[], env: NodeJS.ProcessEnv = {}) => {
    try {
      const stdout = execFileSync(process.execPath, [bin, ...args], {
        encoding: "utf8",
        env: { ...process.env, ...env },
        stdio: "pipe",
      });
      return { status: 0, output: stdout };
    } catch (error) {
      const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
      return { status, output: stdout + stderr };
    }
  };

  it("lists the games", () => {
    const { output } = run(["list"]);
    expect(output.split("\n")).toEqual(
      expect.arrayContaining(["ALE/Breakout-v5", "SpaceInvadersNoFrameskip-v4"]),
    );
    expect(output.trim().split("\n").length).toBe(104 + 4 * 62);
  });

  it("lists the games with a word in their names, also as JSON", () => {
    expect(run(["list", "space invaders"]).output.trim().split("\n")).toHaveLength(5);
    const [first] = JSON.parse(run(["list", "ALE/Pong", "--json"]).output);
    expect(first).toEqual({ id: "ALE/Pong-v5", game: "pong", frameskip: 4, repeatActionProbability: 0.25 });
    expect(run(["list", "brekout"])).toMatchObject({ status: 1, output: expect.stringContaining("brekout") });
  });

  it("prints its usage", () => {
    expect(run(["instal"])).toMatchObject({
      status: 1,
      output: expect.stringContaining('no command "instal"'),
    });
    expect(run([]).status).toBe(1);
    expect(run(["--help"])).toMatchObject({ status: 0, output: expect.stringContaining("doctor") });
    expect(run(["--what"]).output).toContain("--what");
  });

  it("doctor: reports what is missing and how to fix it", () => {
    const none = run(["doctor"], { ALE_BINDINGS_PYTHON: "", ALE_BINDINGS_HOME: "/nonexistent" });
    expect(none.status).toBe(1);
    expect(none.output).toContain("To fix it: npx ale-bindings install");
    const json = run(["doctor", "--json"], { ALE_BINDINGS_PYTHON: "", ALE_BINDINGS_HOME: "/nonexistent" });
    expect(JSON.parse(json.output)).toMatchObject({
      code: "PYTHON_MISSING",
      remedy: "npx ale-bindings install",
    });
  });

  it("install: rejects a Python that is too old or missing", () => {
    const old = fakePython("echo 3.6.15");
    const env = { ALE_BINDINGS_PYTHON: "", ALE_BINDINGS_HOME: `${old}-home` };
    const { status, output } = run(["install", "--python", old], env);
    expect(status).toBe(1);
    expect(output).toContain("expected Python 3.10 or newer");
    expect(output).toContain("3.6.15");
    expect(run(["install", "--python", "/nonexistent"], env).output).toContain("/nonexistent");
  });

  it("install --force: keeps the existing installation until the new one is complete", () => {
    const old = fakePython("echo 3.6.15");
    const home = `${old}-home`;
    const installed = environmentPath({ ALE_BINDINGS_HOME: home });
    mkdirSync(installed, { recursive: true });
    const env = { ALE_BINDINGS_PYTHON: "", ALE_BINDINGS_HOME: home };
    expect(run(["install", "--force", "--python", old], env).status).toBe(1);
    expect(existsSync(installed)).toBe(true);
  });

  // A Python whose virtual environments only record how pip is called.
  const installer = (): { env: Record<string, string>; python: string; called: () => string } => {
    const python = fakePython(`
case "$1" in
  -c) echo 3.12.1 ;;
  -m) mkdir -p "$3/bin"
    printf '#!/bin/sh\\nprintf "%%s\\\\n" "config $PIP_CONFIG_FILE" "$@" > "$ALE_BINDINGS_HOME/called"; exit 1\\n' > "$3/bin/python"
    chmod +x "$3/bin/python" ;;
esac`);
    const home = `${python}-home`;
    const env = { ALE_BINDINGS_PYTHON: "", ALE_BINDINGS_HOME: home, PIP_CONFIG_FILE: "/own/pip.conf" };
    return { env, python, called: () => readFileSync(join(home, "called"), "utf8") };
  };

  it.skipIf(process.platform === "win32")("install: installs only packages whose hashes are known", () => {
    const { env, python, called } = installer();
    const { status, output } = run(["install", "--python", python], env);
    expect([status, output]).toEqual([1, expect.stringContaining("--use-pip-config")]);
    const words = called().split("\n");
    expect(words).toEqual(expect.arrayContaining(["--require-hashes", "--only-binary=:all:", "--isolated"]));
    expect(words[0]).toBe("config /dev/null");
    const lock = readFileSync(words[words.indexOf("-r") + 1], "utf8");
    const pins = readFileSync(fileURLToPath(new URL("../python/requirements.txt", import.meta.url)), "utf8");
    const lines = (text: string) => text.split("\n").filter((line) => /^[A-Za-z]/.test(line));
    expect(lines(lock).map((line) => line.replace(" \\", ""))).toEqual(lines(pins));
    for (const release of lock.split(/^(?=[A-Za-z])/m).slice(1)) {
      expect(release).toMatch(/^\S+==[^\\]+( \\\n {4}--hash=sha256:[0-9a-f]{64})+\n$/);
    }
  });

  it.skipIf(process.platform === "win32")("install: uses pip's settings only when asked to", () => {
    const { env, python, called } = installer();
    run(["install", "--python", python, "--use-pip-config"], env);
    const words = called().split("\n");
    expect(words[0]).toBe("config /own/pip.conf");
    expect(words).toContain("--require-hashes");
    expect(words).not.toContain("--isolated");
  });

  it.skipIf(!hasAle)("doctor: reports a working installation, which install does not change", () => {
    const { status, output } = run(["doctor"]);
    expect(status).toBe(0);
    expect(output).toMatch(/ROMs +104/);
    expect(output).toMatch(/frame +160 x 210/);
    expect(output).toMatch(/vector +2 games of 4 x 84 x 84/);
    expect(output).toMatch(/transport +named pipes/);
    expect(JSON.parse(run(["doctor", "--json"]).output)).toMatchObject({ roms: 104, vector: { games: 2 } });
    expect(run(["install"])).toMatchObject({ status: 0, output: expect.stringContaining("All is well.") });
  });
});

function playOn(env: AtariEnv): void {
  // the signal may arrive a moment later
  for (let i = 0; i < 10_000; i++) env.step(0);
}

async function hold(mode: "wait" | "end"): Promise<{ parent: ChildProcess; pid: number }> {
  const script = fileURLToPath(new URL("./fixtures/holder.ts", import.meta.url));
  const parent = spawn(process.execPath, ["--import", "tsx", script, mode], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(parent.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  return { parent, pid: Number(line.toString()) };
}
