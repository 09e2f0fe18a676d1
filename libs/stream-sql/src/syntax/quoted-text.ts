/** What went wrong within a literal, as a message and a hint. */
export interface LiteralProblem {
  readonly message: string;
  readonly hint?: string;
}

const C_ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The text of `'...'` or `` `...` `` with its quotes; a doubled quote is one. */
export function unquote(source: string): string {
  const quote = source[0]!;
  return source.slice(1, -1).replaceAll(quote + quote, quote);
}

/** The text of `E'...'`: backslash and b, f, n, r, t, up to three octal digits, xHH, uHHHH, UHHHHHHHH, or the character itself. */
export function decodeCString(body: string): string | LiteralProblem {
  let bad: string | undefined;
  const text = body.replace(
    /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))|''/g,
    (all: string, octal?: string, hex?: string, four?: string, eight?: string, character?: string) => {
      if (all === "''") return "'";
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      const digits = hex ?? four ?? eight;
      if (digits !== undefined) {
        const point = Number.parseInt(digits, 16);
        if (point <= 0x10ffff) return String.fromCodePoint(point);
        bad = all;
        return '';
      }
      if (character === 'u' || character === 'U') bad = all;
      return C_ESCAPES[character!] ?? character!;
    },
  );
  return bad === undefined
    ? text
    : { message: `${bad} is no character of Unicode`, hint: 'write \\u and four hexadecimal digits' };
}

/** The text of `U&'...'`: `\HHHH` is a UTF-16 unit, the escape character twice is itself. */
export function decodeUnicode(body: string, escape: string): string | LiteralProblem {
  let text = '';
  for (let i = 0; i < body.length; i++) {
    if (body[i] !== escape) {
      text += body[i]!;
    } else if (body[i + 1] === escape) {
      text += escape;
      i++;
    } else {
      const digits = body.slice(i + 1, i + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(digits))
        return {
          message: `${escape}${digits} is no character of Unicode`,
          hint: `write ${escape} and four hexadecimal digits, for example ${escape}00e9`,
        };
      text += String.fromCharCode(Number.parseInt(digits, 16));
      i += 4;
    }
  }
  return text;
}

/** Why the text between the quotes of `X'...'` is no bytes; undefined when it is. */
export function binaryProblem(hex: string): LiteralProblem | undefined {
  const wrong = /[^0-9a-fA-F]/.exec(hex)?.[0];
  if (wrong !== undefined)
    return {
      message: `X'${hex}' is no binary string: ${wrong} is no hexadecimal digit`,
      hint: "write for example X'0aff'",
    };
  if (hex.length % 2 === 1)
    return {
      message: `X'${hex}' is no binary string: it has an odd number of digits`,
      hint: 'write two digits for each byte',
    };
  return undefined;
}
