// The part of turndown and its plugin that Assay uses; neither package ships types.
declare module "turndown" {
  export type Options = { headingStyle?: "atx"; codeBlockStyle?: "fenced"; bulletListMarker?: "-"; emDelimiter?: "*" };
  export type Rule = {
    filter: string | string[] | ((node: HTMLElement) => boolean);
    replacement: (content: string, node: HTMLElement) => string;
  };
  export default class TurndownService {
    constructor(options?: Options);
    use(plugin: (service: TurndownService) => void): this;
    remove(filter: string[]): this;
    addRule(name: string, rule: Rule): this;
    turndown(root: string | HTMLElement): string;
  }
}

declare module "@joplin/turndown-plugin-gfm" {
  import type TurndownService from "turndown";
  export const gfm: (service: TurndownService) => void;
}
