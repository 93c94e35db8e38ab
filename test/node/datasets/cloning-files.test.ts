import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cloningFileName, writeCloningSequence } from "../../../src/datasets/cloning-format.js";
import { BreakoutEnv, SteadyBreakoutPlayer } from "../../../src/envs/arcade/index.js";
import { cloningFolder } from "../../../src/node/datasets/cloning-folder.js";
import { downloadCloningData, openCloningDataset } from "../../../src/node/datasets/open-cloning-dataset.js";
import { recordCloningDataset } from "../../../src/node/datasets/record-cloning-dataset.js";
import { wrapDeepmind } from "../../../src/wrappers/index.js";

const sequence = (value: number) =>
  writeCloningSequence({
    observations: Uint8Array.from({ length: 8 * 64 }, (_, i) => (i * 7919 * (value + 1)) >> 3),
    actions: new Int32Array(8).fill(value),
    shape: [8, 8, 1],
  });

const names = [
  ...Array.from({ length: 6 }, (_, i) => cloningFileName("train", i)),
  ...Array.from({ length: 2 }, (_, i) => cloningFileName("val", i)),
];
const files = Object.fromEntries(names.map((name, i) => [name, sequence(i)]));
const zipped = (entries: Record<string, Uint8Array>) =>
  zipSync(
    Object.fromEntries(
      Object.entries(entries).map(([name, bytes]) => [`data_atari_seq/pong/${name}`, bytes]),
    ),
  );
const archive = zipped({ ...files, "readme.txt": new Uint8Array(10) });

// The server's response, set by each test.
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let requests: IncomingMessage["headers"][];
let server: Server;
let rootDir: string;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.headers);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pong.zip`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  requests = [];
  rootDir = await mkdtemp(join(tmpdir(), "ncps-ts-cloning-"));
});
afterEach(() => rm(rootDir, { recursive: true, force: true }));

/** Serves bytes, with ranges; `breakAfter` ends the connection early. */
function serve(
  bytes: Uint8Array,
  { ranges = true, breakAfter = Number.POSITIVE_INFINITY, etag = '"1"' } = {},
) {
  answer = (request, response) => {
    const asked = /bytes=(\d+)-/.exec(request.headers.range ?? "");
    const from = ranges && asked && request.headers["if-range"] === etag ? Number(asked[1]) : 0;
    const body = bytes.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      etag,
      "content-length": body.length,
      ...(from > 0 && { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    });
    if (body.length <= breakAfter) {
      response.end(body);
      return;
    }
    response.write(body.subarray(0, breakAfter), () => setTimeout(() => response.destroy(), 30));
  };
}

const folder = () => join(rootDir, "data_atari_seq", "pong");
const part = () => `${folder()}.zip.part`;
const dataError = (message: RegExp) => ({ code: "DATASET", message: expect.stringMatching(message) });

describe("downloadCloningData", () => {
  it("downloads and unpacks into rootDir, once", async () => {
    serve(archive);
    const progress: number[] = [];
    const sha256 = createHash("sha256").update(archive).digest("hex");
    const train = await openCloningDataset("pong", {
      rootDir,
      url,
      sha256,
      onProgress: (bytes, total) => progress.push(bytes / total!),
    });
    expect(train.size).toBe(6);
    expect((await train.sequence(5)).actions[0]).toBe(5);
    expect(progress.at(-1)).toBe(1);
    expect((await readdir(folder())).sort()).toEqual(names);
    expect(new Uint8Array(await readFile(join(folder(), names[3])))).toEqual(files[names[3]]);
    expect(await readdir(join(rootDir, "data_atari_seq"))).toEqual(["pong"]);
    expect((await openCloningDataset("pong", { rootDir, url, split: "val" })).size).toBe(2);
    expect(requests).toHaveLength(1);
  });

  it("continues where the connection broke", async () => {
    serve(archive, { breakAfter: 500 });
    await expect(downloadCloningData("pong", { rootDir, url })).rejects.toMatchObject(
      dataError(/call again/),
    );
    const have = (await readFile(part())).length;
    expect(have).toBe(500);
    serve(archive);
    await downloadCloningData("pong", { rootDir, url });
    expect(requests[1].range).toBe("bytes=500-");
    expect(await readdir(folder())).toHaveLength(8);
  });

  it.each([
    ["has another file now", { etag: '"2"' }],
    ["sends no ranges", { ranges: false }],
  ])("starts from the beginning when the server %s", async (_, how) => {
    serve(archive, { breakAfter: 500 });
    await expect(downloadCloningData("pong", { rootDir, url })).rejects.toThrow();
    serve(archive, how);
    await downloadCloningData("pong", { rootDir, url });
    expect(await readdir(folder())).toHaveLength(8);
  });

  it("checks the checksum, and removes a file with a wrong one", async () => {
    serve(archive);
    const wrong = { rootDir, url, sha256: "0".repeat(64) };
    await expect(downloadCloningData("pong", wrong)).rejects.toMatchObject(
      dataError(/SHA-256 is .* expected 000/),
    );
    expect(existsSync(part())).toBe(false);
    await downloadCloningData("pong", { rootDir, url });
  });

  it("reports the server's response, and an unreachable server", async () => {
    answer = (_, response) => response.writeHead(404).end();
    await expect(downloadCloningData("pong", { rootDir, url })).rejects.toMatchObject(
      dataError(/answered 404/),
    );
    const nobody = { rootDir, url: "http://127.0.0.1:9/pong.zip" };
    await expect(downloadCloningData("pong", nobody)).rejects.toMatchObject(
      dataError(/cannot be reached.*record a data set/),
    );
    await expect(downloadCloningData("../pong", { rootDir, url })).rejects.toThrow(/game: expected a name/);
  });

  it("reports a full disk", async () => {
    serve(archive);
    await mkdir(join(rootDir, "data_atari_seq"));
    await symlink("/dev/full", part());
    await expect(downloadCloningData("pong", { rootDir, url })).rejects.toMatchObject(
      dataError(/\.part cannot be written: ENOSPC.*Make room and call again/),
    );
  });

  it.each([
    ["cut off", archive.slice(0, -30), /no zip directory/],
    ["a page", new TextEncoder().encode("<html>moved</html>"), /no zip directory/],
    ["without sequences", zipSync({ "a.txt": new Uint8Array(3) }), /holds no train_/],
    [
      "with a directory of more files than it has",
      (() => {
        const bytes = archive.slice();
        bytes[bytes.length - 12]++;
        return bytes;
      })(),
      /directory names/,
    ],
  ])("rejects an archive that is %s", async (_, bytes, message) => {
    serve(bytes);
    await expect(downloadCloningData("pong", { rootDir, url })).rejects.toMatchObject(dataError(message));
  });

  it("keeps the files before a damaged one, and continues once the archive is intact", async () => {
    const bad = sequence(3);
    bad[100] ^= 255;
    serve(zipped({ ...files, [names[3]]: bad }));
    await expect(downloadCloningData("pong", { rootDir, url })).rejects.toMatchObject(
      dataError(/train_00003/),
    );
    expect((await readdir(folder())).sort()).toEqual(names.slice(0, 3));
    await writeFile(`${folder()}.zip`, archive);
    const extracted: number[] = [];
    await downloadCloningData("pong", { rootDir, url, onFile: (count) => extracted.push(count) });
    expect(extracted).toEqual([1, 2, 3, 4, 5]);
    expect(await readdir(folder())).toHaveLength(8);
  });

  it("removes a file that is not an archive, so that the next call downloads it again", async () => {
    for (const bytes of [strToU8("<html>log in</html>"), archive.slice(0, -30)]) {
      serve(bytes);
      await expect(downloadCloningData("pong", { rootDir, url })).rejects.toMatchObject(
        dataError(/no zip directory.*was removed: call again to download it once more/),
      );
      expect(existsSync(`${folder()}.zip`)).toBe(false);
    }
    serve(archive);
    await downloadCloningData("pong", { rootDir, url });
    expect(await readdir(folder())).toHaveLength(8);
  });

  it("keeps an archive that only exceeds a limit, and continues once that is raised", async () => {
    serve(archive);
    for (const [limit, message] of [
      [{ maxSequenceBytes: 300 }, /raise maxSequenceBytes/],
      [{ maxArchiveBytes: 1000 }, /raise maxArchiveBytes/],
      [{ maxArchiveFiles: 8 }, /holds 9 files.*raise maxArchiveFiles/],
    ] as const) {
      await expect(downloadCloningData("pong", { rootDir, url, ...limit })).rejects.toMatchObject(
        dataError(message),
      );
    }
    await downloadCloningData("pong", { rootDir, url });
    expect(requests).toHaveLength(1);
    expect(await readdir(folder())).toHaveLength(8);
  });

  it.each(["train_\\..\\..\\x.npz", "train_C:x.npz", "train_\n.npz"])(
    "rejects the file name %j",
    async (name) => {
      serve(zipped({ ...files, [name]: files[names[0]] }));
      await expect(downloadCloningData("pong", { rootDir, url })).rejects.toMatchObject(
        dataError(/is not used for a file/),
      );
      expect(await readdir(rootDir, { recursive: true })).toEqual(["data_atari_seq"]);
    },
  );

  it("requests uncompressed bytes, and handles a server that compresses them nevertheless", async () => {
    serve(archive);
    await downloadCloningData("pong", { rootDir, url });
    expect(requests[0]["accept-encoding"]).toBe("identity");
    await rm(folder(), { recursive: true });
    const packed = gzipSync(archive);
    answer = (_, response) => {
      response.writeHead(200, { "content-encoding": "gzip", "content-length": packed.length }).end(packed);
    };
    await downloadCloningData("pong", { rootDir, url });
    expect(await readdir(folder())).toHaveLength(8);
  });

  it("validates sha256 before downloading, and checks an existing archive", async () => {
    serve(archive);
    await expect(downloadCloningData("pong", { rootDir, url, sha256: "abc" })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      argument: "sha256",
    });
    expect(requests).toHaveLength(0);
    await mkdir(join(rootDir, "data_atari_seq"));
    await writeFile(`${folder()}.zip`, archive.slice(1));
    const sha256 = createHash("sha256").update(archive).digest("hex");
    await expect(downloadCloningData("pong", { rootDir, url, sha256 })).rejects.toMatchObject(
      dataError(/expected .*removed\. Call again/),
    );
    await downloadCloningData("pong", { rootDir, url, sha256 });
    expect(await readdir(folder())).toHaveLength(8);
  });

  it("rejects sequences of a wrong shape", async () => {
    const npz = zipSync({ "obs.npy": new Uint8Array(3) });
    serve(zipped({ [names[0]]: npz }));
    await expect(downloadCloningData("pong", { rootDir, url })).rejects.toMatchObject(dataError(/npy/));
  });
});

describe("openCloningDataset", () => {
  it("opens folders and archives", async () => {
    const path = join(rootDir, "own.zip");
    await writeFile(path, archive);
    expect((await openCloningDataset(path, { split: "val" })).size).toBe(2);
    expect((await openCloningDataset(join(rootDir, "own"))).size).toBe(6);
  });

  it("names missing files and splits", async () => {
    const missing = join(rootDir, "none");
    await expect(openCloningDataset(missing)).rejects.toMatchObject(dataError(/could not find data.*none/));
    await expect(openCloningDataset("pong", { rootDir, download: false })).rejects.toMatchObject(
      dataError(/could not find data/),
    );
    await mkdir(missing);
    await expect(openCloningDataset(missing)).rejects.toMatchObject(dataError(/there is no train_/));
  });
});

describe("recordCloningDataset", () => {
  it("writes a folder that can be opened, and replaces it only with overwrite", async () => {
    const game = new BreakoutEnv();
    const directory = join(rootDir, "breakout");
    const options = { directory, sequences: { train: 2, val: 1 }, sequenceLength: 4, seed: 0 };
    const record = (more = {}) =>
      recordCloningDataset(wrapDeepmind(game), new SteadyBreakoutPlayer(game), { ...options, ...more });
    await record();
    expect((await openCloningDataset(directory)).size).toBe(2);
    await expect(record()).rejects.toMatchObject(dataError(/holds a data set already/));
    for (const wrong of [{ noise: 2 }, { sequenceLength: 0 }, { sequences: { train: Number.NaN, val: 1 } }]) {
      await expect(record({ overwrite: true, ...wrong })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    }
    expect(await readdir(directory)).toHaveLength(3);
    await record({ overwrite: true, sequences: { train: 1, val: 1 } });
    expect((await readdir(directory)).sort()).toEqual(["train_00000.npz", "val_00000.npz"]);
    await record({ append: true, sequences: { train: 1, val: 0 } });
    expect((await openCloningDataset(directory)).files).toEqual(["train_00000.npz", "train_00001.npz"]);
    await record({ append: true, directory: join(rootDir, "new"), sequences: { train: 1, val: 0 } });
    expect(await readdir(join(rootDir, "new"))).toEqual(["train_00000.npz"]);
  });

  it("leaves no partial file when it cannot write", async () => {
    const path = join(rootDir, "full");
    await mkdir(path);
    await symlink("/dev/full", join(path, ".train_00000.npz.tmp"));
    await expect(cloningFolder(path).write("train_00000.npz", new Uint8Array(9))).rejects.toMatchObject(
      dataError(/ENOSPC/),
    );
    expect(await readdir(path)).toEqual([]);
  });
});
