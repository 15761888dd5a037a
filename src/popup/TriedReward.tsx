import { explain } from '../locales/explain.ts';
import { locale, say } from '../locales/say.ts';
import { money } from '../ui/amounts.ts';
import { type Tried, wouldCredit } from './try-one.ts';

/** What would happen to one reward: how much, for whom, and the balance before and after; or why not. */
export function TriedReward({ tried }: { tried: Tried }) {
  const { reward, outcome } = tried;
  const sum = outcome.money ?? reward.money;
  const amount = sum ? money(sum) : reward.unit;
  const credited = wouldCredit(tried);
  const why = !credited && outcome.reason ? explain(outcome.reason, outcome.facts) : null;
  return (
    <div class={credited ? 'notice' : 'notice notice-warn'}>
      <p class="notice-title">
        {credited ? say('popup_try_would_credit', { amount }) : say('popup_try_would_not', { amount })}
      </p>
      {why && <p>{why.what}</p>}
      {why && <p>{why.next}</p>}
      {credited && outcome.reason === 'earned_before_unit' && <p>{say('popup_try_earlier')}</p>}
      <dl class="facts">
        <dt>{say('popup_try_participant')}</dt>
        <dd>
          <code>{reward.userId}</code>
        </dd>
        <dt>{say('popup_try_earned')}</dt>
        <dd>{new Date(reward.earnedAt).toLocaleDateString(locale(), { dateStyle: 'medium' })}</dd>
        {outcome.customer && (
          <>
            <dt>{say('popup_try_customer')}</dt>
            <dd>
              <code>{outcome.customer}</code>
            </dd>
          </>
        )}
        {outcome.credit && sum && (
          <>
            <dt>{say('popup_try_balance')}</dt>
            <dd>
              {say('popup_try_before_after', {
                before: money({ amount: outcome.credit.before, currency: sum.currency }),
                after: money({ amount: outcome.credit.after, currency: sum.currency }),
              })}
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}
