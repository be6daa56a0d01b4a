// Makes changes/: documents as they read after a later revision, for measuring how stale an answer becomes.
// Run: node examples/tidewater/make/changes.ts
import { madeDocuments, render, writeToProject } from "./documents.ts";
import { revisedDocuments, revisedFiles } from "./revisions.ts";

const all = madeDocuments();
const files = revisedFiles();
const made = revisedDocuments();
for (const { source, text } of files) writeToProject(`changes/${source}`, text);
for (const document of made) writeToProject(`changes/${document.source}`, render(document, all));
console.log(`${files.length + made.length} changed documents written`);
