import type { TraceEntry } from '@hermes/contracts/decision';
import type { Condition } from '@hermes/contracts/rule';
import { explain } from './explain.ts';
import type { Facts } from './fact-reads.ts';
import { Likelihood } from './likelihood.ts';
import { Program } from './program.ts';
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
  const program = new Program([condition], new Likelihood([condition]));
  const entry = program.add(condition);
  return {
    test(facts) {
      program.look(facts);
      return program.walk(entry) ?? program.withUndecidable(condition);
    },
    explain(facts, trace) {
      program.look(facts);
      return explain(condition, pointer, program.reads, trace);
    },
  };
}
