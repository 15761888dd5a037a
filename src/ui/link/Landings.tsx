import { Component } from 'preact';
import type { CreditLanding } from '../../contract/landing.ts';
import { say, sayCount } from '../../locales/say.ts';
import { money } from '../amounts.ts';
import { date } from '../evidence.ts';
import { Landing } from '../Landing.tsx';
import type { LinkModel } from './link-model.ts';

/** As many lines as are kept free for the answer: two credits, or the newest one and the rest folded away. */
const LINES = 2;

/** Where this participant's credits went. Asked for once it is seen, in a place that is kept free for the answer. */
export class Landings extends Component<{ model: LinkModel }> {
  override componentDidMount(): void {
    void this.props.model.readLanding();
  }
  override componentDidUpdate(): void {
    void this.props.model.readLanding();
  }

  override render() {
    const { model } = this.props;
    return (
      <section class="landings small" aria-label={say('link_landing_title')}>
        <Answer model={model} />
      </section>
    );
  }
}

function Answer({ model }: { model: LinkModel }) {
  const { landing } = model.state;
  if (landing === null) return <p class="muted loading">{say('link_landing_reading')}</p>;
  if (landing === 'failed')
    return (
      <p class="row">
        <span class="muted">{say('link_landing_failed')}</span>
        <button type="button" class="button button-plain" onClick={() => void model.readLanding(true)}>
          {say('ui_try_again')}
        </button>
      </p>
    );
  const { credits, more } = landing;
  const seen = credits.length > LINES ? LINES - 1 : LINES;
  const earlier = credits.slice(seen);
  return (
    <>
      <Credits credits={credits.slice(0, seen)} />
      {earlier.length > 0 && (
        <details class="fold">
          <summary>{sayCount('link_landing_earlier', earlier.length)}</summary>
          <Credits credits={earlier} />
          {more && <p class="muted">{say('link_landing_more')}</p>}
        </details>
      )}
    </>
  );
}

const Credits = ({ credits }: { credits: CreditLanding[] }) => (
  <dl>
    {credits.map((credit) => (
      <div key={credit.reward} class="landing">
        <dt class="muted">
          {say('link_landing_credit', { amount: money(credit.money), date: date(credit.creditedAt) })}
        </dt>
        <dd>
          <Landing landing={credit} />
        </dd>
      </div>
    ))}
  </dl>
);
