import { type DocumentNode, type FragmentDefinitionNode, getNullableType, getOperationAST, getVariableValues, GraphQLError, type GraphQLSchema, isListType, isObjectType, Kind, type SelectionSetNode } from 'graphql';
import { type ComplexityEstimatorArgs, fieldExtensionsEstimator, getComplexity } from 'graphql-query-complexity';
import { DEFAULT_PAGE } from '../../modules/input/page';

/** Bounds on one operation, the same over HTTP and WebSocket. */
export const LIMITS = {
  /** Lexical tokens of a document, checked while parsing. */
  tokens: 4_000,
  /** Fields inside fields. */
  depth: 12,
  /** Fields that the answer may have, lists counted at their full asked length. */
  complexity: 20_000,
} as const;

/** What a document that is valid asks too much of; empty when it may run. */
export function checkLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): GraphQLError[] {
  const depth = depthOf(document);
  if (depth > LIMITS.depth) {
    return [tooMuch('QUERY_TOO_DEEP', `The operation nests ${depth} fields deep; at most ${LIMITS.depth} are allowed.`, 'Ask for the inner parts by their ids, in a second query.')];
  }
  const operation = getOperationAST(document, operationName);
  // Variables that do not fit their types: execution says so in better words. How many do not is bounded here: each costs an error.
  if (!operation || getVariableValues(schema, operation.variableDefinitions ?? [], { ...variables }, { maxErrors: 1 }).errors) return [];
  let complexity: number;
  try {
    complexity = getComplexity({
      schema,
      query: document,
      ...(operationName ? { operationName } : {}),
      variables: { ...variables },
      estimators: [fieldExtensionsEstimator(), listEstimator],
      maxQueryNodes: LIMITS.complexity,
    });
  } catch {
    // It stopped counting: such an operation is unbounded, not free.
    return [tooMuch('QUERY_TOO_COMPLEX', `The operation asks for more than ${LIMITS.complexity} fields, fragments counted each time they are spread.`, 'Spread each fragment once, or ask for fewer fields.')];
  }
  if (complexity > LIMITS.complexity) {
    return [tooMuch('QUERY_TOO_COMPLEX', `The operation may answer with about ${Math.round(complexity)} fields; at most ${LIMITS.complexity} are allowed.`, 'Ask for shorter pages (first) or fewer fields.')];
  }
  return [];
}

/** How many entries a list is counted at that does not say how many it has. */
const UNSTATED = 10;

/** A field costs one; a list costs its entries that many times: as many as `first` asks for, which null leaves to the default. */
function listEstimator({ type, field, args, childComplexity }: ComplexityEstimatorArgs): number {
  return 1 + entriesOf(type, field, args) * childComplexity;
}

function entriesOf(type: ComplexityEstimatorArgs['type'], field: ComplexityEstimatorArgs['field'], { first }: ComplexityEstimatorArgs['args']): number {
  if (typeof first === 'number') return Math.max(1, Math.min(first, 1_000));
  if (field.args.some(({ name }) => name === 'first')) return DEFAULT_PAGE;
  // The parts of a page are as long as its connection, which was counted by its own `first`.
  const ofPage = isObjectType(type) && type.getFields()['pageInfo'] !== undefined;
  return !ofPage && isListType(getNullableType(field.type)) ? UNSTATED : 1;
}

function tooMuch(code: string, message: string, hint: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, hint, http: { status: 400 } } });
}

/** Deepest nesting of fields over all operations of a document; introspection is left out, its own rule bounds it. */
export function depthOf(document: DocumentNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<string, number>();
  const ofFragment = (name: string): number => {
    const before = known.get(name);
    if (before !== undefined) return before;
    // Zero while in progress: a cycle (which validation refuses anyway) ends here.
    known.set(name, 0);
    const fragment = fragments.get(name);
    const depth = fragment ? ofSelections(fragment.selectionSet) : 0;
    known.set(name, depth);
    return depth;
  };
  const ofSelections = (set: SelectionSetNode | undefined): number => {
    let deepest = 0;
    for (const selection of set?.selections ?? []) {
      let depth: number;
      if (selection.kind === Kind.FRAGMENT_SPREAD) depth = ofFragment(selection.name.value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) depth = ofSelections(selection.selectionSet);
      else if (selection.name.value === '__schema' || selection.name.value === '__type') depth = 1;
      else depth = 1 + ofSelections(selection.selectionSet);
      deepest = Math.max(deepest, depth);
    }
    return deepest;
  };
  return Math.max(0, ...document.definitions.map((each) => (each.kind === Kind.OPERATION_DEFINITION ? ofSelections(each.selectionSet) : 0)));
}
