// What the page asks of the server, and the key that it asks with: in memory, and nowhere else.

let key = "";

export function useKey(given) {
  key = given;
}

/** A refusal in the server's own words. */
function refusal(status, said) {
  return Object.assign(new Error(said?.error?.message ?? `the server answered ${status}`), { status });
}

async function send(path, body, signal) {
  const headers = { "content-type": "application/json" };
  if (key !== "") headers.authorization = `Bearer ${key}`;
  const asked = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(path, { headers, ...asked, ...(signal ? { signal } : {}) });
  if (!response.ok) throw refusal(response.status, await response.json().catch(() => undefined));
  return response;
}

/** Names of what can answer, the recommended first, and what that stands for. */
export async function listModels() {
  const { data } = await (await send("/v1/models")).json();
  return data.map(({ id, assay }) => ({ id, approach: assay.approach }));
}

export async function readDocument(id) {
  return (await send(`/v1/documents/${encodeURIComponent(id)}`)).json();
}

export async function giveFeedback(id, given) {
  await send("/v1/feedback", { id, ...given });
}

/** Tells `onText` of every piece; resolves with the whole answer. */
export async function ask(model, messages, signal, onText) {
  const response = await send("/v1/chat/completions", { model, messages, stream: true }, signal);
  const answer = { id: "", text: "", citations: [], facts: undefined };
  for await (const event of eventsOf(response.body)) {
    if (event.error) throw refusal(response.status, event);
    answer.id = event.id;
    const delta = event.choices[0]?.delta ?? {};
    if (delta.content) {
      answer.text += delta.content;
      onText(answer.text);
    }
    for (const { url_citation, citation } of delta.annotations ?? [])
      answer.citations.push({
        ...citation,
        title: url_citation.title,
        url: url_citation.url,
        from: url_citation.start_index,
        to: url_citation.end_index,
      });
    if (event.assay) answer.facts = event.assay;
  }
  if (answer.facts === undefined) throw new Error("the answer broke off before its end");
  return answer;
}

async function* eventsOf(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line.startsWith("data: {")) yield JSON.parse(line.slice(6));
  }
}
