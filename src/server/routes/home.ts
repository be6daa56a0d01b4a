// GET /: for people who open the address in a browser. Static, without scripts, and nothing on it comes from a document.
import type { App } from "../app-parts.ts";

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Assay</title>
<style>
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; color: #1b1f24; background: #fff }
code { font: 0.95em ui-monospace, monospace } pre { overflow-x: auto; padding: 1rem; border: 1px solid #c8ccd1; border-radius: 6px }
th { text-align: left; font-weight: 600 } td, th { padding: 0.25rem 1rem 0.25rem 0; vertical-align: top }
@media (prefers-color-scheme: dark) { body { color: #e6e8eb; background: #15181c } a { color: #8ab8ff } pre { border-color: #3a4048 } }
</style>
</head>
<body>
<main>
<h1>Assay is serving</h1>
<p>Answers from documents, with verified citations, in the shape of OpenAI's API. Point any client at <code>/v1</code>; the model <code>assay</code> is the recommended approach.</p>
<pre><code>curl localhost:8787/v1/chat/completions -H 'content-type: application/json' \\
  -d '{"model":"assay","messages":[{"role":"user","content":"…"}]}'</code></pre>
<table>
<thead><tr><th scope="col">Address</th><th scope="col">What it does</th></tr></thead>
<tbody>
<tr><td><code>/v1/chat/completions</code>, <code>/v1/responses</code></td><td>answer, whole or streamed</td></tr>
<tr><td><code>/v1/search</code>, <code>/v1/documents/{id}</code></td><td>find passages, and read what a citation points into</td></tr>
<tr><td><code>/v1/models</code>, <code>/v1/embeddings</code></td><td>approaches, vectors</td></tr>
<tr><td><code>/v1/feedback</code></td><td>a thumb or a correction</td></tr>
<tr><td><code>/mcp</code></td><td>the tools ask, search and why</td></tr>
<tr><td><a href="/openapi.json"><code>/openapi.json</code></a></td><td>all of it, described</td></tr>
<tr><td><a href="/healthz"><code>/healthz</code></a>, <a href="/readyz"><code>/readyz</code></a>, <a href="/metrics"><code>/metrics</code></a></td><td>for operators</td></tr>
</tbody>
</table>
</main>
</body>
</html>
`;

export function homeRoute(app: App): void {
  app.get("/", (context) =>
    context.html(page, 200, { "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'" }),
  );
}
