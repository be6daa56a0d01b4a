// How the page looks: on a wide screen, on a phone, in the dark and on paper. Colours keep a contrast of 4.5 to 1 or more.

const colours = `
:root {
  color-scheme: light dark;
  --page: #fdfdfb; --raised: #f4f4ef; --ink: #1b1f24; --muted: #575e66; --line: #dcdcd5; --grid: #e7e7e1;
  --accent: #0a5a76; --accent-soft: #d5e7ee; --warning: #8a4500; --gold: #fbe7ae; --gold-ink: #4d3a00; --on-accent: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --raised: #1d2125; --ink: #e8e8e4; --muted: #a5abb2; --line: #363b41; --grid: #262b30;
    --accent: #7cc4e0; --accent-soft: #1d3b48; --warning: #efb06a; --gold: #4a3b0d; --gold-ink: #f6e3ad; --on-accent: #10222a;
  }
}`;

const page = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: break-word; }
header, main { max-width: 74rem; margin: 0 auto; padding: 0 1.5rem; }
header p { display: flex; max-width: none; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 1.25rem 0 .75rem; border-bottom: 1px solid var(--line); color: var(--muted); font-size: .875rem; }
header .project { color: var(--ink); font-weight: 600; }
header time { margin-left: auto; }
main { padding-bottom: 4rem; }
section { margin-top: 3.5rem; }
#verdict { margin-top: 2.5rem; }
h1 { margin: 0; font-size: clamp(2.25rem, 1.4rem + 3.4vw, 3.5rem); line-height: 1.1; letter-spacing: -.02em; font-weight: 650; overflow-wrap: anywhere; }
h1 em { font-style: normal; color: var(--accent); }
h2 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.25; letter-spacing: -.01em; font-weight: 650; overflow-wrap: anywhere; }
h3 { margin: 1.75rem 0 .4rem; font-size: 1rem; font-weight: 650; }
p { margin: .5rem 0; max-width: 46rem; }
ul { padding-left: 1.15rem; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875em; }
.lead { font-size: 1.125rem; color: var(--muted); margin-top: .75rem; }
.note { color: var(--muted); font-size: .875rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1.25rem 2rem; margin: 1.75rem 0 2rem; padding: 1.25rem 0; border: solid var(--line); border-width: 1px 0; }
.figures dt { font-size: .875rem; color: var(--muted); }
.figures dd { margin: 0; }
.figures .value { display: block; font-size: 1.75rem; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures .value.missing { color: var(--muted); }
.figures .remark { display: block; font-size: .8125rem; line-height: 1.4; color: var(--muted); }
.reasons { display: grid; margin-top: 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.5rem 3.5rem; }
.reasons h2 { font-size: 1.0625rem; }
.reasons ul { margin: 0; }
.reasons li { margin: .4rem 0; }
.warning { color: var(--warning); font-weight: 600; }
nav { margin-top: 2.5rem; font-size: .9375rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: .3rem 0; }
.alert { padding: 1.25rem 1.5rem; border: 1px solid var(--warning); border-left-width: 6px; }
.alert h2 { color: var(--warning); }
.terms { margin: .5rem 0; font-size: .9375rem; }
.terms div { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 0 1.5rem; padding: .35rem 0; border-bottom: 1px solid var(--grid); }
.terms dt { font-weight: 600; overflow-wrap: anywhere; }
.terms dd { margin: 0; max-width: 46rem; overflow-wrap: anywhere; }
.command { margin: .5rem 0; padding: .75rem 1rem; background: var(--raised); overflow-x: auto; }
.tag { display: inline-block; padding: 0 .4rem; border-radius: 3px; background: var(--accent); color: var(--on-accent); font-size: .75rem; font-weight: 600; line-height: 1.5; vertical-align: .1em; white-space: nowrap; }
.tag.plain { background: var(--raised); color: var(--muted); font-weight: 500; }
`;

const tables = `
.scroll { overflow-x: auto; margin: 1rem 0; position: relative; }
table { border-collapse: collapse; font-size: .875rem; line-height: 1.4; font-variant-numeric: tabular-nums; min-width: 100%; }
th, td { padding: .5rem .625rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
.number { text-align: right; white-space: nowrap; }
thead th { font-weight: 500; color: var(--muted); vertical-align: bottom; }
thead .number { white-space: normal; }
th[scope=row], thead th:first-child { position: sticky; left: 0; z-index: 1; background: var(--page); min-width: 10rem; max-width: 17rem; overflow-wrap: anywhere; font-weight: 400; padding-left: 0; }
.name { font-weight: 600; }
.part { display: block; color: var(--muted); font-size: .75rem; line-height: 1.35; }
.coverage { display: block; color: var(--muted); font-size: .75rem; }
.gap { color: var(--warning); }
.reason { min-width: 7rem; max-width: 14rem; white-space: normal; }
.number .reason { margin-left: auto; }
tr.recommended > * { background: var(--accent-soft); }
tr.recommended th[scope=row] { background: var(--accent-soft); padding-left: .625rem; }
tr.recommended .part, tr.recommended .coverage { color: inherit; }
tr.group th { padding: 1.5rem 0 .4rem; color: var(--muted); font-weight: 500; }
tr.group span { display: inline-block; position: sticky; left: 0; max-width: calc(100vw - 3rem); white-space: normal; }
.interval { display: flex; align-items: center; gap: .6rem; white-space: nowrap; }
.interval.stacked { display: block; padding-top: .2rem; }
.stacked .bar { display: block; width: 100px; }
.bar { flex: none; }
.bar .track { stroke: var(--muted); stroke-width: 1; opacity: .5; }
.bar .range { fill: var(--accent); opacity: .45; }
.bar .mean { stroke: var(--ink); stroke-width: 2; }
.bar .zero { stroke: var(--ink); stroke-width: 1; }
.heat { display: block; margin: -.5rem -.625rem; padding: .5rem .625rem; background: color-mix(in srgb, var(--accent) calc(var(--share) * .42), transparent); }
.heat .coverage { color: inherit; }
.against { color: var(--muted); }
.lines { margin: 0; padding: 0; list-style: none; min-width: 14rem; }
.lines li + li { margin-top: .25rem; }
`;

const charts = `
figure { margin: 2rem 0 2.5rem; min-width: 0; }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)); gap: 0 2rem; }
.beside figure { margin: 0 0 1.5rem; }
figcaption { font-weight: 650; margin-bottom: .5rem; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; font-size: .875rem; color: var(--muted); }
.sign { display: inline-block; width: 9px; height: 9px; margin-right: .5rem; border-radius: 50%; background: var(--ink); }
.sign.recommended { background: var(--accent); box-shadow: 0 0 0 2px var(--page), 0 0 0 3.5px var(--accent); }
.sign.yardstick { background: none; border: 1.5px solid var(--muted); border-radius: 0; transform: rotate(45deg); }
.chart { display: block; max-width: 100%; height: auto; overflow: visible; font-size: 12px; }
.narrow, .on-paper { display: none; }
.chart text { fill: var(--muted); }
.chart .name { fill: var(--ink); font-weight: 400; paint-order: stroke; stroke: var(--page); stroke-width: 3px; stroke-linejoin: round; }
.chart .name.recommended { fill: var(--accent); font-weight: 650; }
.chart .name.yardstick { fill: var(--muted); }
.chart .figure { font-variant-numeric: tabular-nums; }
.chart .grid { stroke: var(--grid); }
.chart .axis { stroke: var(--muted); }
.chart .lane { fill: var(--raised); }
.chart .leader { stroke: var(--muted); stroke-dasharray: 1.5 2; }
.chart .whisker { stroke: var(--ink); stroke-width: 1.5; }
.chart .whisker.recommended { stroke: var(--accent); stroke-width: 2; }
.chart .whisker.yardstick { stroke: var(--muted); }
.chart .whisker.faint { opacity: .3; }
.chart .mark { fill: var(--ink); }
.chart .mark.recommended { fill: var(--accent); }
.chart .mark.yardstick { fill: var(--page); stroke: var(--muted); stroke-width: 1.5; }
.chart .ring { fill: none; stroke: var(--accent); stroke-width: 1.5; }
`;

const folds = `
summary { cursor: pointer; padding: .4rem 0; color: var(--accent); font-size: .9375rem; }
.question { border-bottom: 1px solid var(--line); }
.question > summary { display: flex; align-items: baseline; gap: .9rem; padding: .6rem 0; color: var(--ink); font-size: 1rem; list-style: none; }
.question > summary::-webkit-details-marker { display: none; }
.question > summary::before { content: "+"; flex: none; width: .8rem; color: var(--accent); font-weight: 600; }
.question[open] > summary::before { content: "−"; }
.score { flex: none; width: 2.75rem; text-align: right; font-variant-numeric: tabular-nums; color: var(--muted); }
.asked { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.question > summary .tag { flex: none; max-width: 9rem; white-space: normal; overflow-wrap: anywhere; }
.inside { padding: 0 0 1.5rem 1.7rem; }
.label { margin: 1.25rem 0 .25rem; font-size: .8125rem; font-weight: 600; color: var(--muted); }
.text { margin: .25rem 0; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 46rem; }
.text.empty { color: var(--muted); }
.answers { margin: 0; padding: 0; list-style: none; }
.answers > li { padding: .6rem 0 .6rem 1rem; border-left: 3px solid var(--line); margin-bottom: .5rem; }
.answers > .own { border-left-color: var(--accent); }
.who { margin: 0; color: var(--muted); font-size: .875rem; }
.who .name { color: var(--ink); }
.outcome { margin: 0 .4rem; }
.outcome.failed { color: var(--warning); font-weight: 600; }
.citations { max-width: 46rem; margin: .4rem 0 0; font-size: .875rem; }
.citations li, .passage summary { overflow-wrap: anywhere; }
cite { font-style: normal; font-weight: 500; }
.passage { font-size: .875rem; border-left: 3px solid var(--line); padding-left: 1rem; margin: .4rem 0; }
.passage.is-gold { border-left-color: var(--gold-ink); }
.passage summary { color: var(--ink); }
.seen { color: var(--muted); }
mark.gold { padding: 0 .4rem; border-radius: 3px; background: var(--gold); color: var(--gold-ink); font-weight: 600; font-size: .875em; }
`;

const phone = `
@media screen and (max-width: 48rem) {
  header, main { padding-left: 1rem; padding-right: 1rem; }
  header time { margin-left: 0; }
  section { margin-top: 2.75rem; }
  .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; }
  .figures .value { font-size: 1.375rem; }
  .terms div { grid-template-columns: minmax(0, 1fr); }
  th[scope=row], thead th:first-child { min-width: 8.5rem; max-width: 9.5rem; }
  .wide { display: none; }
  .narrow { display: block; }
  .inside { padding-left: 0; }
  .question > summary { gap: .6rem; flex-wrap: wrap; }
  .question > summary .asked { flex-basis: 60%; }
}`;

/** Folds open on paper, but of a question only the answer of the leading approach: all of them would fill a ream. */
const paper = `
@media print {
  :root { color-scheme: light; --page: #ffffff; --raised: #f2f2f2; --ink: #000000; --muted: #444444; --line: #bbbbbb; --grid: #dddddd; --accent: #0a4a62; --accent-soft: #e6eff3; --warning: #7a3d00; --gold: #fbe7ae; --gold-ink: #4d3a00; --on-accent: #ffffff; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  @page { margin: 14mm; }
  html { font-size: 9.5pt; }
  section { margin-top: 2rem; }
  .coverage, .part, .tag { font-size: 6.5pt; }
  .part, .stacked .coverage { margin-top: 2pt; }
  .figures { grid-template-columns: repeat(5, 1fr); gap: 1rem; }
  .figures .value { font-size: 1.4rem; }
  .number { white-space: nowrap; }
  header, main { max-width: none; padding: 0; }
  nav { display: none; }
  .wide, .on-paper { display: block; }
  .narrow, .passages, .answers > li:not(.own), .on-screen { display: none; }
  .scroll { overflow: visible; }
  table { font-size: 7pt; }
  th, td { padding: .3rem .3rem; }
  th[scope=row], thead th:first-child, tr.group span { position: static; min-width: 6rem; }
  .bar { width: 70px; height: auto; }
  .heat { margin: -.3rem -.35rem; padding: .3rem .35rem; }
  .lines { min-width: 8rem; }
  details:not(.question)::details-content, details.question:has(.own)::details-content { content-visibility: visible; display: block; block-size: auto; }
  summary { list-style: none; break-after: avoid; }
  summary::-webkit-details-marker { display: none; }
  .question > summary::before { content: none; }
  h1, h2, h3, figcaption { break-after: avoid; }
  tr, figure > div, .answers > li, .terms div { break-inside: avoid; }
}`;

export const stylesheet: string = [colours, page, tables, charts, folds, phone, paper].join("\n");
