/** Access control of the dashboard, and the security headers of its page. */

import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { InvalidArgumentError } from "../../core/errors.js";

const loopback = ["localhost", "127.0.0.1", "[::1]"];

/** Whether a server on this address is reachable from this machine only. */
function isLoopback(host: string): boolean {
  return loopback.includes(host) || host === "::1";
}

/**
 * Checks the names of `allowedHosts`.
 *
 * @throws InvalidArgumentError for one that has a port, a scheme or a path
 */
export function checkAllowedHosts(names: readonly string[]): void {
  const wrong = names.find((name) => typeof name !== "string" || !/^\.?[\w-]+(\.[\w-]+)*$/.test(name));
  if (wrong === undefined) return;
  throw new InvalidArgumentError(
    "allowedHosts",
    `expected names without scheme and port, such as "gpu1.example.org" or ".example.org", received ${JSON.stringify(wrong)}`,
  );
}

/**
 * Whether a request uses one of the server's own names: a page elsewhere must not read the training through
 * a name that resolves to this machine (DNS rebinding). The port is ignored: forwarded ports have
 * another number. Addresses cannot be rebound.
 *
 * @param header the request's `Host` · @param host address the server listens on · @param allowed further names; one
 *   that begins with a dot includes all subdomains
 */
export function isOwnName(header: string | undefined, host: string, allowed: readonly string[]): boolean {
  const [, name] = /^(\[[\da-f:.]+\]|[\w.-]+?)\.?(?::\d+)?$/i.exec(header ?? "") ?? [];
  if (name === undefined) return false;
  const asked = name.toLowerCase();
  if (loopback.includes(asked) || asked.endsWith(".localhost")) return true;
  if (!isLoopback(host)) {
    const isAddress = isIP(asked.replace(/^\[|\]$/g, "")) !== 0;
    if (isAddress || [host.toLowerCase(), hostname().toLowerCase()].includes(asked)) return true;
  }
  return allowed.some((each) => {
    const own = each.toLowerCase();
    return own.startsWith(".") ? asked.endsWith(own) || asked === own.slice(1) : asked === own;
  });
}

/** Security headers: the page runs only its own script and style, connects only to this server, and is never framed. */
export function securityHeaders(html: string): Record<string, string> {
  const hashes = (tag: string) =>
    [...html.matchAll(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, "g"))]
      .map(([, text]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`)
      .join(" ");
  return {
    "content-security-policy": [
      "default-src 'none'",
      `script-src ${hashes("script")}`,
      `style-src ${hashes("style")}`,
      "img-src data:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  };
}
