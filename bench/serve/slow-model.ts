// A chat model on a socket that takes a fixed time and says a fixed thing: OpenAI's wire, whole and streamed.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type SlowModel = { readonly url: string; close(): void };

const words = ["This", " is", " what", " the", " first", " passage", " says", " [1]."];

export async function slowModel(delayMs: number): Promise<SlowModel> {
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (bytes) => {
      text += bytes;
    });
    request.on("end", () => setTimeout(() => reply(response, JSON.parse(text).stream === true), delayMs));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, close: () => server.close() };
}

const usage = { prompt_tokens: 500, completion_tokens: 8, total_tokens: 508 };

function reply(response: ServerResponse, isStream: boolean): void {
  const base = { id: "1", created: 1, model: "slow" };
  if (!isStream) {
    const message = { role: "assistant", content: words.join("") };
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        ...base,
        object: "chat.completion",
        choices: [{ index: 0, message, finish_reason: "stop" }],
        usage,
      }),
    );
    return;
  }
  response.setHeader("content-type", "text/event-stream");
  const chunk = (delta: object, finish: string | null, more: object = {}) =>
    `data: ${JSON.stringify({ ...base, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;
  for (const word of words) response.write(chunk({ content: word }, null));
  response.write(chunk({}, "stop", { usage }));
  response.end("data: [DONE]\n\n");
}
