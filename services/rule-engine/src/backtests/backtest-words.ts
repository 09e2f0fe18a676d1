import type { Bilingual } from '@hermes/contracts/event-type';
import type { Language } from '@hermes/contracts/language';
import type { Backtest, BacktestNote, BacktestResult, BacktestView } from '@hermes/contracts/rule-backtest';
import { both, quoted } from '@hermes/rules/words';
import type { BacktestFailure, KeptBacktest } from './backtest.row.ts';

function noteText(note: BacktestNote): Bilingual {
  switch (note.code) {
    case 'history-begins':
      return both(
        `History begins at ${note.since}: what was received before has expired, so nothing is said about it.`,
        `历史从 ${note.since} 开始：更早收到的事件已过期，对它们不作结论。`,
      );
    case 'feature-not-whole':
      return note.wholeFrom === null
        ? both(
            `The feature "${note.feature}" counts from longer ago than history is kept: it may lack events that have expired, and be less than it was live.`,
            `特征“${note.feature}”统计的时间早于历史的保留期：可能缺少已过期的事件，数值会小于实际运行时的值。`,
          )
        : both(
            `The feature "${note.feature}" is whole from ${note.wholeFrom} on; before that it may lack events that have expired.`,
            `特征“${note.feature}”从 ${note.wholeFrom} 起是完整的；在此之前可能缺少已过期的事件。`,
          );
    case 'live-is-younger':
      return both(
        `The version in force was published at ${note.since}: before that another one decided, or none. The figures are of what it would have decided.`,
        `生效版本发布于 ${note.since}：在此之前由其他版本决定，或没有规则。这里的数字是该版本本来会作出的决定。`,
      );
    case 'persons-recomputed':
      return both(
        'What was known of persons is computed by the features and segments of now, up to and with the event before the one that is decided. Live it is told some tens of milliseconds later, and of features only since the rule asks for them.',
        '主体的画像按现在的特征和人群计算，截至所判定事件的前一个事件。实际运行时会晚几十毫秒得知，特征则自规则开始询问起才得知。',
      );
    case 'lookups-fall-back': {
      const names = quoted(note.lookups);
      return both(
        `What ${names.en} answered then is not known: over the past a lookup answers its fallback, so that decisions may differ from those live.`,
        `${names.zh} 当时的回答无法得知：回溯时查询一律返回其备用值，因此决定可能与实际运行时不同。`,
      );
    }
    case 'suppression-may-be-out-of-step':
      return both(
        'A suppression is followed from three of its periods before the span on: where a rule fired for a subject time and again, its periods may begin at other instants than live, so that other hits are kept back.',
        '抑制从时间范围之前的三个抑制周期开始计算：如果规则对某个主体反复触发，其抑制周期的起点可能与实际运行时不同，因此被抑制的命中也可能不同。',
      );
    case 'memory-begins-anew':
      return both(
        `What happened before ${note.since} has expired: a suppression, a sequence or an absence that was under way then is not known.`,
        `${note.since} 之前的事件已过期：当时正在进行的抑制、序列或缺席无法得知。`,
      );
  }
}

const FAILURES: Readonly<Record<string, Bilingual>> = {
  'too-much-to-hold': both(
    'More state than can be held at once: of one subject, or, where the rule goes by a key or asks for features of one, of all of them. Take fewer days, or fewer event types.',
    '状态过多，无法一次容纳：按主体的规则指单个主体，按其他键的规则或使用其他键特征的规则指全部键。请减少天数或事件类型。',
  ),
  'out-of-memory': both(
    'The run needed more memory than it may have. Take fewer days, or fewer features.',
    '运行所需内存超过上限。请减少天数或特征。',
  ),
  'history-behind': both(
    'The history does not catch up with the events: not all of them have landed. Try again in a minute.',
    '历史记录落后于事件：尚未全部入库。请一分钟后再试。',
  ),
  'history-away': both('The history could not be read. Try again later.', '无法读取历史。请稍后再试。'),
  abandoned: both(
    'Three processes began this run, and none of them lived to its end. Take fewer days, and tell an operator if that does not help.',
    '三个进程先后开始本次运行，均未能完成。请减少天数；仍无效时请联系运维人员。',
  ),
};

function failureText({ code, message }: BacktestFailure): Bilingual {
  return FAILURES[code] ?? both(`The run broke: ${message}`, `运行中断：${message}`);
}

/** A run as one person reads it. */
export const toldBacktest = (kept: KeptBacktest, language: Language): Backtest => ({
  ...kept,
  problem: kept.problem && { code: kept.problem.code, message: failureText(kept.problem)[language] },
});

/** The same with its result. */
export const toldView = (kept: KeptBacktest, result: BacktestResult | null, language: Language): BacktestView => ({
  ...toldBacktest(kept, language),
  result: result && {
    ...result,
    notes: result.notes.map((note) => ({ code: note.code, message: noteText(note)[language] })),
  },
});
