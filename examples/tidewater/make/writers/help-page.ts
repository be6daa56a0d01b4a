// Dresses an article as a page of the help centre: head, navigation, related links, footer.
import { parse } from "marked";

const sections = ["Start", "Riding", "Charging", "Plans", "Bills", "Care", "Moorings", "Fleets"];

/** `articles` are the pages linked at the side; `slug` is the page's own. */
export function helpPageOf(
  markdown: string,
  slug: string,
  articles: readonly { slug: string; title: string }[],
): string {
  const title = titleOf(markdown);
  const others = articles.filter((article) => article.slug !== slug);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} | Tidewater help centre</title>
<link rel="stylesheet" href="/help/style.css">
</head>
<body>
<header class="site-header">
<a class="logo" href="/help/">Tidewater help centre</a>
<nav aria-label="Sections"><ul>
${sections.map((name) => `<li><a href="/help/${name.toLowerCase()}">${name}</a></li>`).join("\n")}
</ul></nav>
<form role="search" action="/help/search"><input name="q" placeholder="Search the help centre"><button>Search</button></form>
</header>
<main>
<article>
${(parse(markdown, { async: false }) as string).trim()}
</article>
<aside>
<h2>Related articles</h2>
<ul>
${others.map((article) => `<li><a href="${article.slug}.html">${article.title}</a></li>`).join("\n")}
</ul>
<p>Was this article helpful? <button>Yes</button> <button>No</button></p>
</aside>
</main>
<footer>
<p>Tidewater Cycles, Ropewalk Yard, Marrowby · <a href="/imprint">Imprint</a> · <a href="/privacy">Privacy</a> · <a href="/de/">Deutsch</a></p>
</footer>
</body>
</html>
`;
}

export function titleOf(markdown: string): string {
  return /^# (.+)$/m.exec(markdown)?.[1] ?? "";
}
