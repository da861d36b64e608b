import { unbroadcast, input, type Rule } from '../rule';

/** y = a + b; da = dy, db = dy, each summed over what was broadcast. */
export const addRule: Rule = ({ g, node, dy }) => [
  () => unbroadcast(g, dy, input(node, 0)),
  () => unbroadcast(g, dy, input(node, 1)),
];
