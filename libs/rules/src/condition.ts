import type { TraceEntry } from '@hermes/contracts/decision';
import type { Condition } from '@hermes/contracts/rule';
import { explain } from './explain.ts';
import { type Facts, FactReads } from './fact-reads.ts';
import { asking } from './program.ts';
import type { Verdict } from './verdict.ts';

/** One condition by itself. `test` is the fast way; `explain` says the same and tells what each condition saw. */
export interface CompiledCondition {
  test(facts: Facts): Verdict;
  /** Appends this condition's entry and those below it, a parent before its children. */
  explain(facts: Facts, trace: TraceEntry[]): Verdict;
}

/**
 * Compiles a checked condition.
 *
 * @param pointer - the condition's place in the rule, a JSON pointer, for the trace
 * @throws Error for a condition that `checkRule` refuses
 */
export function compileCondition(condition: Condition, pointer = '/conditions'): CompiledCondition {
  const reads = new FactReads();
  return {
    test: asking(condition),
    explain(facts, trace) {
      reads.look(facts);
      return explain(condition, pointer, reads, trace, asking);
    },
  };
}
