// GET /: for people who open the address in a browser.
import type { App } from "../app-parts.ts";
import { uiPage } from "../ui/page.ts";

export function homeRoute(app: App): void {
  const { html, policy } = uiPage();
  app.get("/", (context) =>
    context.html(html, 200, { "content-security-policy": policy, "cache-control": "no-cache" }),
  );
}
