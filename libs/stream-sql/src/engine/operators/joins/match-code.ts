import type { PlanExpression } from '../../../planner/expression.ts';
import type { Row } from '../../../values/data-type.ts';
import { CodeWriter } from '../../code/code-writer.ts';
import { ExpressionCode } from '../../code/expression-code.ts';
import { pairInput } from '../../code/input.ts';
import type { OperatorSetup } from '../operator-setup.ts';

/** Whether a condition on both rows is TRUE; always, when there is none. */
export function matchCode(
  condition: PlanExpression | null,
  leftWidth: number,
  { functions, context }: Pick<OperatorSetup, 'functions' | 'context'>,
): (left: Row, right: Row) => boolean {
  if (condition === null) return () => true;
  const writer = new CodeWriter();
  const expressions = new ExpressionCode(writer, functions, context);
  writer.line('function matches(l, r) {');
  expressions.guard(condition, pairInput('l', 'r', leftWidth), 'return false');
  writer.line('return true;');
  writer.line('}');
  return writer.build('matches');
}
