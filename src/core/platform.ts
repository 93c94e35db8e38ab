/** Services that only some platforms provide. Installed by `ncps-ts/node`; pages may install their own. */

import { inNode } from "tfjs-training/core";
import { InvalidStateError } from "./errors.js";

/**
 * A service that a platform provides, such as worker threads.
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

  /** @param name what the platform provides, for error messages */
  constructor(private readonly name: string) {}

  /** Makes the service available, instead of an earlier one. */
  install(service: Service): void {
    this.installed = service;
  }

  /**
   * Returns the installed service.
   *
   * @param wanted what needs the service, for the error message
   * @param inPages what to do in a page instead
   * @throws InvalidStateError when none is installed; the message says what to import
   */
  require(wanted: string, inPages: string): Service {
    if (this.installed) return this.installed;
    const remedy = inNode() ? ': import "ncps-ts/node" first' : `. In a page, ${inPages}`;
    throw new InvalidStateError(`${wanted} needs the ${this.name} of Node${remedy}`);
  }
}
