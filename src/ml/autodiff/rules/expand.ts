import { unbroadcast, input, type Rule } from '../rule';

/** y = x stretched; dx = dy summed over what was stretched. */
export const expandRule: Rule = ({ g, node, dy }) => [() => unbroadcast(g, dy, input(node, 0)), null];
