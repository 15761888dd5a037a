import type { Problem } from '../contract/problems.ts';
import { locale, say } from '../locales/say.ts';
import { titleSaid } from '../locales/told.ts';
import { Button } from './Button.tsx';

type Props = {
  problem: Problem;
  /** The one thing to do about it. */
  button?: { label: string; onClick: () => void; busy?: boolean } | undefined;
};

/** What happened, why, what to do, one button; the code and request id folded away for whoever helps. */
export function ProblemNotice({ problem, button }: Props) {
  const { code, detail, action, requestId } = problem;
  const title = titleSaid(problem);
  return (
    <div class="notice notice-bad" role="alert">
      <p class="notice-title">{title}</p>
      {detail && detail !== title && detail !== problem.title && (
        <p lang={languageOf(problem, 'detail')}>{detail}</p>
      )}
      {action && <p lang={languageOf(problem, 'action')}>{action}</p>}
      {button && (
        <Button class="button" busy={button.busy ?? false} onClick={button.onClick}>
          {button.label}
        </Button>
      )}
      <details class="fold">
        <summary>{say('ui_problem_details')}</summary>
        <dl class="facts">
          <dt>{say('ui_problem_code')}</dt>
          <dd>
            <code>{code}</code>
          </dd>
          {requestId && (
            <>
              <dt>{say('ui_problem_request')}</dt>
              <dd>
                <code>{requestId}</code>
              </dd>
            </>
          )}
        </dl>
      </details>
    </div>
  );
}

/** The proxy speaks English, whatever language stands around it. */
const languageOf = ({ told }: Problem, part: 'detail' | 'action') =>
  told?.includes(part) || locale().startsWith('en') ? undefined : 'en';
