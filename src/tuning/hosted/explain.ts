// From a service's refusal to the one line that a person reads, with what to do next.
import { AssayError, type AssayErrorOptions } from "../../core/errors.ts";
import { ServiceError } from "./service-error.ts";
import type { HostedWire } from "./wire.ts";

type Service = { readonly label: string; readonly keyVariable: string };

/** The same command is the same run, which goes on from where it stood. */
const goOn = "run the same command again";

/** Does it, and throws `AssayError` where the service refuses. */
export async function inWords<T>({ service: { label }, keyVariable }: HostedWire, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explained(error, { label, keyVariable });
  }
}

/** What is no refusal of the service goes through as it is. */
function explained(error: unknown, service: Service): unknown {
  if (!(error instanceof ServiceError)) return error;
  const request = error.requestId === null ? "" : ` (request ${error.requestId})`;
  return new AssayError({ ...refusal(error, service, `${error.message}${request}`), cause: error });
}

function refusal(error: ServiceError, { label, keyVariable }: Service, said: string): AssayErrorOptions {
  const { status } = error;
  if (status === 401) {
    return {
      code: "missing-key",
      message: `${said}; the key in ${keyVariable} was not accepted`,
      remedy: `export ${keyVariable}=…, then: ${goOn}`,
    };
  }
  if (error.isQuota) {
    return {
      code: "model-refused",
      message: `${said}; the account's quota or balance is used up`,
      remedy: `settle it with ${label}, then: ${goOn}`,
    };
  }
  if (status === 403) {
    const message = `${said}; the key in ${keyVariable} may not do this`;
    return {
      code: "missing-key",
      message,
      remedy: `use a key that may write files and fine-tuning jobs, then: ${goOn}`,
    };
  }
  if (status === 412) {
    return {
      code: "model-refused",
      message: `${said}; the account is suspended`,
      remedy: `settle it with ${label}, then: ${goOn}`,
    };
  }
  if (status === 404) {
    return { code: "not-found", message: said, remedy: "check the base model and the address in tuning.trainers" };
  }
  if (status === 429) {
    return {
      code: "rate-limited",
      message: `${said}; turned away after every retry`,
      remedy: `wait a while, then: ${goOn}`,
      isRetryable: true,
    };
  }
  if (error.isTransient) return { code: "model-failed", message: said, remedy: `later: ${goOn}`, isRetryable: true };
  return { code: "model-refused", message: said, remedy: "correct what it names, and run the same command again" };
}
