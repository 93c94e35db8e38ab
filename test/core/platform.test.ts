import { afterEach, expect, it, vi } from "vitest";
import { InvalidStateError } from "../../src/core/errors.js";
import { PlatformService } from "../../src/core/platform.js";

afterEach(() => vi.unstubAllGlobals());

it("a service that is missing is an error that says what to do in Node and in pages", () => {
  const threads = new PlatformService<() => number>("worker threads");
  const ask = () => threads.require('kind "worker"', 'use kind "sync"');
  expect(ask).toThrow(InvalidStateError);
  expect(ask).toThrow(/^kind "worker" needs the worker threads of Node: import "ncps-ts\/node" first$/);
  vi.stubGlobal("process", undefined);
  expect(ask).toThrow(/^kind "worker" needs the worker threads of Node\. In a page, use kind "sync"$/);
});

it("the service installed last is used", () => {
  const numbers = new PlatformService<() => number>("numbers");
  numbers.install(() => 1);
  numbers.install(() => 2);
  expect(numbers.require("a sum", "count")()).toBe(2);
});
