import { type ASTVisitor, GraphQLError, Kind, type SelectionSetNode, type ValidationContext } from 'graphql';

const CONDITIONS: ReadonlySet<string> = new Set(['skip', 'include']);

/**
 * Refuses `@skip` and `@include` on the one field of a subscription, as the newer specification does: without a field there is nothing
 * to follow, and graphql-js 16 throws.
 */
export function UnconditionalSubscription(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition({ operation, selectionSet }) {
      if (operation === 'subscription') check(context, selectionSet, new Set());
    },
  };
}

/** Fragments are followed once each: cycles are another rule's to refuse. */
function check(context: ValidationContext, { selections }: SelectionSetNode, seen: Set<string>): void {
  for (const selection of selections) {
    const condition = selection.directives?.find(({ name }) => CONDITIONS.has(name.value));
    if (condition) context.reportError(new GraphQLError(`The field of a subscription may not have @${condition.name.value}: either follow it, or send nothing.`, { nodes: condition }));
    if (selection.kind === Kind.INLINE_FRAGMENT) check(context, selection.selectionSet, seen);
    if (selection.kind !== Kind.FRAGMENT_SPREAD || seen.has(selection.name.value)) continue;
    seen.add(selection.name.value);
    const fragment = context.getFragment(selection.name.value);
    if (fragment) check(context, fragment.selectionSet, seen);
  }
}
