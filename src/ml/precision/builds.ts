/** Builds of a graph in fewer bits, by the names that settings and reports use. What each is says the file that makes it: `<name>-graph.ts`, `half-graph.ts`. */
export const BUILDS = ['int8', 'fp16', 'w8a16'] as const;
export type Build = (typeof BUILDS)[number];
