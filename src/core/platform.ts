/** What only some platforms can do: `ncps-ts/node` installs it for Node, a page may bring its own. */

import { inNode } from "tfjs-training/core";
import { InvalidStateError } from "./errors.js";

/**
 * A service of the platform, such as worker threads.
 *
 * @example
 * ```ts
 * import { progressBars } from "ncps-ts/trainers";
 *
 * progressBars.install(() => ({
 *   onUpdateEnd: ({ progress }) => console.log(`${Math.round(100 * progress)} %`),
 * }));
 * ```
 */
export class PlatformService<Service> {
  private installed?: Service;

  /** @param name what it is of the platform, for error messages */
  constructor(private readonly name: string) {}

  /** Makes the service available, in place of an earlier one. */
  install(service: Service): void {
    this.installed = service;
  }

  /**
   * The installed service.
   *
   * @param wanted what needs it
   * @param inPages what to do in a page
   * @throws InvalidStateError when there is none; the message says what to import
   */
  require(wanted: string, inPages: string): Service {
    if (this.installed) return this.installed;
    const remedy = inNode() ? ': import "ncps-ts/node" first' : `. In a page, ${inPages}`;
    throw new InvalidStateError(`${wanted} needs the ${this.name} of Node${remedy}`);
  }
}
