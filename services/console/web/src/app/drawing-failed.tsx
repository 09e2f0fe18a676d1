import { Button, Result } from 'antd';
import { Component, type ReactNode } from 'react';
import { useTexts } from './preferences.tsx';

function Sorry(): ReactNode {
  const texts = useTexts();
  return (
    <Result
      status="error"
      title={texts.somethingWrong}
      subTitle={texts.pageFailed}
      extra={
        <Button type="primary" onClick={() => location.reload()}>
          {texts.reload}
        </Button>
      }
    />
  );
}

/** Catches a defect in drawing, also a code chunk that a new release has taken away, and says what to do. */
export class DrawingFailed extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }
  override render(): ReactNode {
    return this.state.failed ? <Sorry /> : this.props.children;
  }
}
