// One question to a server of chat completions, timed.

export type Timed = { readonly firstMs: number; readonly totalMs: number };

/** Throws where the answer is an error. */
export async function timedAnswer(url: string, model: string, question: string, stream: boolean): Promise<Timed> {
  const began = performance.now();
  const response = await fetch(`${url}/chat/completions`, chatRequest(model, question, stream));
  let firstMs = Number.NaN;
  for await (const _ of response.body ?? []) firstMs = Number.isNaN(firstMs) ? performance.now() - began : firstMs;
  if (!response.ok) throw new Error(`${url}: status ${response.status}`);
  return { firstMs, totalMs: performance.now() - began };
}

export function chatRequest(model: string, question: string, stream: boolean): RequestInit {
  return jsonRequest({ model, stream, messages: [{ role: "user", content: question }] });
}

export function jsonRequest(body: object): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** One figure of a server's `/metrics`. */
export async function gaugeOf(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} ([\\d.]+)`, "m").exec(text)?.[1]);
}

export function ms(value: number): string {
  return value.toFixed(1);
}
