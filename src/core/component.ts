// What every exchangeable part says of itself, so that its outputs can be addressed by content.
import { hashOf } from "./hash.ts";
import type { Json } from "./json.ts";

/**
 * `name` is what config files and reports call the part (`embedded/static`); `version` changes whenever the same input
 * and config would give another output; `config` holds everything else that changes the output, and no secret.
 */
export type Component = { readonly name: string; readonly version: string; readonly config: Json };

/** One hash for a component: equal identities promise equal behaviour. */
export function identityOf(component: Component): string {
  return hashOf({ name: component.name, version: component.version, config: component.config });
}

export type CallOptions = { readonly signal?: AbortSignal };
