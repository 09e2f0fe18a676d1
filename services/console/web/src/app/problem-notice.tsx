import { Alert, Button } from 'antd';
import type { ReactNode } from 'react';
import { RequestError } from '../api/request.ts';
import type { Texts } from '../texts/en.ts';
import { useTexts } from './preferences.tsx';

/** What a person reads of an error: in their language where the code is known, else what the service said. */
export const problemText = (error: unknown, texts: Texts): string =>
  error instanceof RequestError ? (texts.problems[error.code] ?? error.message) : (texts.problems['defect'] ?? '');

/** An error with what to do, and a way to try again. */
export function ProblemNotice({
  error,
  title,
  onRetry,
}: {
  readonly error: unknown;
  readonly title?: string;
  readonly onRetry?: () => void;
}): ReactNode {
  const texts = useTexts();
  return (
    <Alert
      type="warning"
      showIcon
      title={title ?? texts.somethingWrong}
      description={problemText(error, texts)}
      action={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            {texts.tryAgain}
          </Button>
        )
      }
    />
  );
}
