// What would come out otherwise: the report of a replay, or of a shadow so far.
import { exactInstant, number } from '../lib/format.js';
import { t } from './words.js';

const kinds = ['newly_refused', 'newly_allowed', 'other_discount', 'other_expiry', 'other_notice', 'other_reason'];

const said = (verdict) => {
  if (verdict.code) return verdict.code;
  const parts = [t('allowed')];
  if (verdict.discount !== undefined) parts.push(`${t('discount')} ${number(verdict.discount)}`);
  if (verdict.expires_at) parts.push(`${t('expiresAt')} ${exactInstant(verdict.expires_at)}`);
  return parts.join(', ');
};

export function Report({ report, misfits = [] }) {
  return (
    <>
      {misfits.map((error) => <div class="note bad" key={error.message}>{error.message}</div>)}
      <p><strong>{report.flipped ? t('flipped', { count: number(report.flipped) }) : t('nothingFlips')}</strong></p>
      {report.discounts.map((sum) => (
        <p key={sum.currency} class="number">
          {t('replayCost', { currency: sum.currency, recorded: number(sum.recorded), candidate: number(sum.candidate), difference: `${sum.difference > 0 ? '+' : ''}${number(sum.difference)}` })}
        </p>
      ))}
      {kinds.filter((kind) => report.flips[kind]).map((kind) => (
        <section key={kind} class="form flips">
          <h3>{t(`flip_${kind}`)} <span class="badge">{number(report.flips[kind])}</span></h3>
          <ul>
            {report.groups.filter((group) => group.kind === kind).map((group) => (
              <li key={`${group.rule}${group.code}`}>
                <details>
                  <summary><span class="number">{number(group.count)}</span> × <code>{group.rule}</code>{group.code && <> <span class="soft">{group.code}</span></>}</summary>
                  <ul class="samples">
                    {group.samples.map((sample) => (
                      <li key={sample.decision_id}>
                        <span class="soft small">{exactInstant(sample.at)} · {sample.campaign_id} · {sample.hook}{sample.user_id && ` · ${sample.user_id}`} · {sample.coupon}</span><br />
                        {said(sample.recorded)} → <strong>{said(sample.candidate)}</strong>
                      </li>
                    ))}
                  </ul>
                </details>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {report.unable > 0 && (
        <details>
          <summary>{t('unable', { count: number(report.unable) })}</summary>
          <ul>{report.unable_because.map((each) => <li key={each.why}>{number(each.count)}: {each.why}</li>)}</ul>
        </details>
      )}
      {report.assumed_counters.length > 0 && <p class="soft small">{t('assumed', { counters: report.assumed_counters.slice(0, 5).join(', ') })}</p>}
    </>
  );
}
