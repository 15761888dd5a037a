import type { Health } from '../../contract/health.ts';
import type { PopupState } from '../../contract/messages.ts';
import { say } from '../../locales/say.ts';
import { explainHealth } from '../../ui/explain-health.ts';
import { CheckDeed } from './CheckDeed.tsx';
import { LevelMark } from './LevelMark.tsx';

type Check = Health['checks'][number];
type Props = { state: PopupState; health: Health; onDone: () => void };

/** In the order in which things depend on each other: what is wrong above may be why something is wrong below. */
export function Checks({ state, health, onDone }: Props) {
  return (
    <ul class="rows" aria-label={say('health_checks')}>
      {health.checks.map((check) => (
        <Row key={check.check} state={state} health={health} check={check} onDone={onDone} />
      ))}
    </ul>
  );
}

function Row({ state, health, check, onDone }: Props & { check: Check }) {
  const { what, next } = explainHealth(check, health);
  return (
    <li class="item health-check" data-level={check.level}>
      <LevelMark level={check.level} />
      <div class="health-check-words">
        <p class="health-check-name">
          <strong>{say(`health_check_${check.check}`)}</strong>{' '}
          <span class={`health-level health-level-${check.level}`}>{say(`health_level_${check.level}`)}</span>
        </p>
        <p>{what}</p>
        {next !== '' && <p class="muted">{next}</p>}
      </div>
      {check.level !== 'good' && (
        <div class="health-check-deed">
          <CheckDeed state={state} check={check} onDone={onDone} />
        </div>
      )}
    </li>
  );
}
