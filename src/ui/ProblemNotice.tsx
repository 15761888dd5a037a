import type { Problem } from '../contract/problems.ts';
import { Button } from './Button.tsx';

type Props = {
  problem: Problem;
  /** The one thing to do about it. */
  button?: { label: string; onClick: () => void; busy?: boolean } | undefined;
};

/** What happened, why, what to do, one button; the code and request id folded away for whoever helps. */
export function ProblemNotice({ problem, button }: Props) {
  return (
    <div class="notice notice-bad" role="alert">
      <p class="notice-title">{problem.title}</p>
      {problem.detail && problem.detail !== problem.title && <p>{problem.detail}</p>}
      {problem.action && <p>{problem.action}</p>}
      {button && (
        <Button class="button" busy={button.busy ?? false} onClick={button.onClick}>
          {button.label}
        </Button>
      )}
      <details class="fold">
        <summary>Details</summary>
        <dl class="facts">
          <dt>Code</dt>
          <dd>
            <code>{problem.code}</code>
          </dd>
          {problem.requestId && (
            <>
              <dt>Request</dt>
              <dd>
                <code>{problem.requestId}</code>
              </dd>
            </>
          )}
        </dl>
      </details>
    </div>
  );
}
