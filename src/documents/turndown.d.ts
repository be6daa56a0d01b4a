// The part of turndown that Assay uses; the package ships no types.
declare module "turndown" {
  export type Options = { headingStyle?: "atx"; codeBlockStyle?: "fenced"; bulletListMarker?: "-"; emDelimiter?: "*" };
  export type Rule = {
    filter: string | string[] | ((node: HTMLElement) => boolean);
    replacement: (content: string, node: HTMLElement) => string;
  };
  export default class TurndownService {
    constructor(options?: Options);
    remove(filter: string[]): this;
    addRule(name: string, rule: Rule): this;
    turndown(root: string | HTMLElement): string;
  }
}
