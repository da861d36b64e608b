/** The table of gradient rules. Three statuses: a rule, not differentiable (nothing flows), absent (refused with an error). */
import type { Rule } from '../rule';
import { addRule } from './add';
import { concatRule } from './concat';
import { divRule } from './div';
import { dropoutRule } from './dropout';
import { expRule } from './exp';
import { expandRule } from './expand';
import { gatherRule } from './gather';
import { gatherElementsRule } from './gather-elements';
import { geluRule } from './gelu';
import { gemmRule } from './gemm';
import { layerNormalizationRule } from './layer-normalization';
import { logRule } from './log';
import { logSoftmaxRule } from './log-softmax';
import { matmulRule } from './matmul';
import { mulRule } from './mul';
import { negRule } from './neg';
import { reduceLogSumExpRule } from './reduce-log-sum-exp';
import { reduceMeanRule } from './reduce-mean';
import { reduceSumRule } from './reduce-sum';
import { reshapeRule } from './reshape';
import { sigmoidRule } from './sigmoid';
import { softmaxRule } from './softmax';
import { softplusRule } from './softplus';
import { splitRule } from './split';
import { sqrtRule } from './sqrt';
import { subRule } from './sub';
import { tanhRule } from './tanh';
import { transposeRule } from './transpose';
import { whereRule } from './where';

export const RULES: ReadonlyMap<string, Rule> = new Map([
  ['Add', addRule],
  ['Concat', concatRule],
  ['Div', divRule],
  ['Dropout', dropoutRule],
  ['Exp', expRule],
  ['Expand', expandRule],
  ['Gather', gatherRule],
  ['GatherElements', gatherElementsRule],
  ['Gelu', geluRule],
  ['Gemm', gemmRule],
  ['LayerNormalization', layerNormalizationRule],
  ['Log', logRule],
  ['LogSoftmax', logSoftmaxRule],
  ['MatMul', matmulRule],
  ['Mul', mulRule],
  ['Neg', negRule],
  ['ReduceLogSumExp', reduceLogSumExpRule],
  ['ReduceMean', reduceMeanRule],
  ['ReduceSum', reduceSumRule],
  ['Reshape', reshapeRule],
  ['Sigmoid', sigmoidRule],
  ['Softmax', softmaxRule],
  ['Softplus', softplusRule],
  ['Split', splitRule],
  ['Sqrt', sqrtRule],
  ['Sub', subRule],
  ['Tanh', tanhRule],
  ['Transpose', transposeRule],
  ['Where', whereRule],
]);

/** Operators whose outputs do not move with their inputs: comparisons, shapes, integer casts. */
export const NOT_DIFFERENTIABLE: ReadonlySet<string> = new Set(['And', 'Cast', 'Equal', 'LessOrEqual', 'Or', 'Range', 'Shape', 'Squeeze']);
