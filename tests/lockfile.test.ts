// The lockfile installs with `npm ci` on every platform. npm writes no entry for an optional package that the
// registry at hand does not carry, and then refuses to install from the lockfile it wrote: each must be listed.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface LockedPackage {
  version?: string;
  optionalDependencies?: Record<string, string>;
}

const lockfile = new URL("../package-lock.json", import.meta.url);
const { packages } = JSON.parse(readFileSync(lockfile, "utf8")) as { packages: Record<string, LockedPackage> };

/** Where npm looks for `name` when the package at `location` asks for it: nested first, then upwards. */
function candidates(location: string, name: string): string[] {
  const parents = location
    .split("/node_modules/")
    .map((_, index, parts) => parts.slice(0, parts.length - index).join("/node_modules/"));
  return [...parents.map((parent) => `${parent}/node_modules/${name}`), `node_modules/${name}`];
}

it("lists every optional dependency of every locked package, whatever the platform", () => {
  const missing = Object.entries(packages).flatMap(([location, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !candidates(location, name).some((path) => packages[path]?.version !== undefined))
      .map((name) => `${location} needs ${name}`),
  );
  expect(missing).toEqual([]);
});
