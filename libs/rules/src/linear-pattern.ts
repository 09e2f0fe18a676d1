import type { Bilingual } from '@hermes/contracts/event-type';
import { RE2JS } from 're2js';
import { both } from './words.ts';

/** What JSON Schema asks of a regular expression. */
export interface Pattern {
  test(text: string): boolean;
}

/** Why a pattern is not used; the message says what to write instead. */
export class UnusablePattern extends Error {
  override readonly name = 'UnusablePattern';
  readonly text: Bilingual;

  constructor(text: Bilingual) {
    super(text.en);
    this.text = text;
  }
}

/** Characters that end a line in ECMAScript; RE2 knows the first alone. */
const LINE_ENDS = '\\n\\r\\x{2028}\\x{2029}';
/** White space of ECMAScript; RE2 knows that of ASCII alone, not the ideographic space. */
const SPACES = '\\s\\v\\p{Z}\\x{FEFF}';
const TOKEN =
  /\\u[dD][89abAB][\dA-Fa-f]{2}\\u[dD][c-fC-F][\dA-Fa-f]{2}|\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\c[A-Za-z]|\\[^]|[[\].]/gu;

/**
 * Compiles an ECMAScript pattern (flag `u`, as JSON Schema has it) to one whose time is linear in the text, whatever the pattern:
 * editors of one project write patterns, and the process that runs them serves all projects. What no linear engine can do
 * (look-around, references to groups) is refused, as is a repetition of more than 1,000.
 *
 * Source: R. Cox, Regular Expression Matching in the Wild (RE2).
 *
 * @throws UnusablePattern
 */
export function linearPattern(pattern: string): Pattern {
  try {
    // Compiling costs little with any engine; it is running that backtracks.
    new RegExp(pattern, 'u');
  } catch (error) {
    const shown = JSON.stringify(pattern);
    throw new UnusablePattern(
      both(
        `the pattern ${shown} is no regular expression: ${messageOf(error)}`,
        `${shown} 不是正则表达式：${messageOf(error)}`,
      ),
    );
  }
  try {
    return RE2JS.compile(RE2JS.translateRegExp(inRe2(pattern)));
  } catch (error) {
    const shown = JSON.stringify(pattern);
    throw new UnusablePattern(
      both(
        `the pattern ${shown} is not supported (${messageOf(error)}): patterns here do without look-around ` +
          '("(?=", "(?!", "(?<=", "(?<!"), references to groups ("\\1") and repetitions of more than 1000',
        `不支持 ${shown}（${messageOf(error)}）：这里的模式不能用环视（“(?=”、“(?!”、“(?<=”、“(?<!”）、分组引用（“\\1”）和 1000 次以上的重复`,
      ),
    );
  }
}

/** The same meaning in RE2's syntax, where the two differ and RE2JS does not translate it. */
function inRe2(pattern: string): string {
  let isInClass = false;
  return pattern.replace(TOKEN, (token) => {
    switch (token) {
      case '[':
        if (isInClass) return '\\[';
        isInClass = true;
        return token;
      case ']':
        isInClass = false;
        return token;
      case '.':
        return isInClass ? token : `[^${LINE_ENDS}]`;
      case '\\s':
        return isInClass ? SPACES : `[${SPACES}]`;
      case '\\S':
        if (isInClass) throw new Error('"\\S" inside of brackets');
        return `[^${SPACES}]`;
      case '\\k':
        throw new Error('a reference to a group');
      default:
        return escapeInRe2(token);
    }
  });
}

function escapeInRe2(token: string): string {
  if (/^\\u[dD]/u.test(token) && token.length === 12)
    return `\\x{${(JSON.parse(`"${token}"`) as string).codePointAt(0)!.toString(16)}}`;
  return token.replace(/^(\\[pP]\{)(?:Script|sc|General_Category|gc)=/u, '$1');
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
