import { type ClassType, Field, Int, ObjectType } from 'type-graphql';
import type { Page } from '../../modules/input/page';

@ObjectType({ description: 'Where a page of a list stands in it.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'True when more follows: ask again with after: endCursor.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'True when the page was asked for with after, so that something came before it.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first entry; null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last entry; null on an empty page.' })
  endCursor!: string | null;
}

/** A page with what is needed to count the whole list, should the query ask for it. */
export interface Connection<T> {
  readonly edges: readonly { node: T; cursor: string }[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfo;
  /** A getter: counted only where it is asked for. */
  readonly totalCount?: Promise<number>;
}

export function connection<T>(page: Page<T>, after: string | null | undefined, count?: () => Promise<number>): Connection<T> {
  return {
    edges: page.edges,
    nodes: page.edges.map((edge) => edge.node),
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: after != null,
      startCursor: page.edges[0]?.cursor ?? null,
      endCursor: page.edges.at(-1)?.cursor ?? null,
    },
    get totalCount() {
      return count?.();
    },
  };
}

/** Relay's edge type of a node type. */
export function edgeTypeOf<T extends object>(name: string, nodeType: () => ClassType<T>) {
  @ObjectType(`${name}Edge`, { description: `One ${name} in a list.` })
  class EdgeOf {
    @Field(nodeType, { description: `The ${name}.` })
    node!: T;

    @Field(() => String, { description: 'Where it stands in the list: give it as after.' })
    cursor!: string;
  }
  return EdgeOf;
}

/** Relay's connection type of a node type; `counted` where the total costs little. */
export function connectionTypeOf<T extends object>(name: string, nodeType: () => ClassType<T>, options: { counted?: boolean } = {}) {
  const EdgeOf = edgeTypeOf(name, nodeType);

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.` })
  class ConnectionOf {
    @Field(() => [EdgeOf], { description: 'The entries with their cursors.' })
    edges!: InstanceType<typeof EdgeOf>[];

    @Field(() => [nodeType()], { description: 'The entries alone.' })
    nodes!: T[];

    @Field(() => PageInfo, { description: 'Where this page stands.' })
    pageInfo!: PageInfo;
  }
  if (options.counted) {
    Field(() => Int, { description: 'How many the whole list has; counted only when asked for.' })(ConnectionOf.prototype, 'totalCount');
  }
  return ConnectionOf;
}
