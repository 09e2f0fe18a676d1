import { CheckCircleFilled, CloseCircleFilled, MinusCircleOutlined, QuestionCircleOutlined } from '@ant-design/icons';
import type { TraceEntry } from '@hermes/contracts/decision';
import type { ReactNode } from 'react';
import type { Catalogue } from '../api/catalogue.ts';
import { usePreferences } from '../app/preferences.tsx';
import { readable, readableUnit } from '../profiles/field-values.tsx';
import { expectedWords, operatorWords } from './expected-words.ts';
import { featureOf, fieldOf, type TraceNode, traceTree } from './trace-tree.ts';

interface Names {
  readonly eventType: string;
  readonly timeZone: string;
  readonly catalogue: Catalogue;
}

function Outcome({ outcome }: Pick<TraceEntry, 'outcome'>): ReactNode {
  const { texts } = usePreferences();
  if (outcome === 'true') return <CheckCircleFilled className="trace-true" aria-label={texts.traceTrue} />;
  if (outcome === 'false') return <CloseCircleFilled className="trace-false" aria-label={texts.traceFalse} />;
  if (outcome === 'unknown') return <QuestionCircleOutlined aria-label={texts.traceUnknown} />;
  return <MinusCircleOutlined className="quiet" aria-label={texts.traceSkipped} />;
}

/** One comparison as a sentence: "Total price (was 12,300,000) is more than 10,000,000". */
function Sentence({ entry, eventType, timeZone, catalogue }: Names & { readonly entry: TraceEntry }): ReactNode {
  const { texts, locale } = usePreferences();
  const feature = featureOf(entry.fact, entry.params, entry.factPath);
  const field = fieldOf(entry.factPath);
  const unit = feature === undefined ? catalogue.fieldUnit(eventType, field) : undefined;
  const reading = { locale, timeZone, words: texts.line };
  return (
    <span>
      <strong title={entry.factPath}>{feature ?? catalogue.fieldTitle(eventType, field)}</strong>{' '}
      {operatorWords(entry.operator ?? '', texts)}{' '}
      <strong>
        {expectedWords(entry.operator ?? '', entry.expected, { ...reading, texts })}
        {unit !== undefined && ` ${readableUnit(unit)}`}
      </strong>
      {entry.outcome !== 'skipped' && (
        <span className="quiet trace-actual">
          {texts.was} {entry.actual === undefined ? texts.missing : readable(entry.actual, reading)}
        </span>
      )}
    </span>
  );
}

function Branch({ node, ...names }: Names & { readonly node: TraceNode }): ReactNode {
  const { texts } = usePreferences();
  return (
    <li className={`trace-${node.entry.outcome}-line`}>
      <Outcome outcome={node.entry.outcome} />
      {node.group === undefined ? <Sentence entry={node.entry} {...names} /> : <span>{texts.group[node.group]}</span>}
      {node.children.length > 0 && (
        <ul>
          {node.children.map((child) => (
            <Branch key={child.entry.path} node={child} {...names} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** What each condition of the rule saw and said, in words and colours. */
export function DecisionTrace({ trace, ...names }: Names & { readonly trace: readonly TraceEntry[] }): ReactNode {
  return (
    <ul className="trace">
      {traceTree(trace).map((node) => (
        <Branch key={node.entry.path} node={node} {...names} />
      ))}
    </ul>
  );
}
