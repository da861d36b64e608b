/** Keyset pagination: a cursor holds the sort key and the id of a row, so that a page costs the same however deep it is. */
export type Direction = 'ASC' | 'DESC';

export interface Sort<Field extends string> {
  readonly field: Field;
  readonly direction: Direction;
}

export interface PageRequest<Field extends string> {
  /** At least 1, at most 1,000. */
  readonly first: number;
  /** Opaque; from an edge of an earlier page with the same sort. */
  readonly after?: string | null;
  /** Default: newest first. */
  readonly sort?: Sort<Field>;
}

export interface Edge<T> {
  readonly node: T;
  readonly cursor: string;
}

export interface Page<T> {
  readonly edges: readonly Edge<T>[];
  readonly hasNextPage: boolean;
}
