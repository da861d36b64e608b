import { Field, ID, InterfaceType } from 'type-graphql';
import { ID_TEXT, type NodeType } from './global-id';

/** What `node` returns: an entity that carries its type's name. */
export interface TypedNode {
  readonly __typename: NodeType;
}

@InterfaceType('Node', {
  description: 'Anything with a global id: it can be read again with the query node.',
  resolveType: (value: TypedNode) => value.__typename,
})
export abstract class Node {
  @Field(() => ID, { description: ID_TEXT })
  id!: string;
}
