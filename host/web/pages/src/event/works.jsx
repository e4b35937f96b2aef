// The works of an event, each with its own claim.
import { Refusal } from './campaign.jsx';
import { Ticket } from './ticket.jsx';
import { t } from './words.js';

export function Works({ works, over, now, coupons, latest, busy, refused, claim }) {
  const open = now.phase === 'open';
  return (
    <section aria-labelledby="works" class="form">
      <div>
        <h2 id="works">{t(over ? 'yoursMany' : 'works')}</h2>
        {!over && <p class="soft">{t('worksLead')}</p>}
      </div>
      <ul class="works">
        {works.map((work) => {
          const subject = `work:${work.id}`;
          const coupon = coupons.find((one) => one.subject === subject);
          const waits = busy === subject ? t('claiming') : open ? '' : t('closed');
          return (
            <li class="card work" key={work.id}>
              <span class={`cover tone-${Number(work.id) % 6}`} aria-hidden="true">{[...work.title][0]}</span>
              <h3>{work.title}</h3>
              {coupon ? <Ticket small coupon={coupon} fresh={coupon.code === latest} /> : (
                <button type="button" class="button wide" disabled={!open} aria-disabled={busy !== null || undefined}
                  aria-label={waits ? `${waits} · ${work.title}` : t('claimFor', { work: work.title })} onClick={() => busy === null && claim(subject)}>
                  {waits || t('claimShort')}
                </button>
              )}
              <Refusal refused={refused?.subject === subject ? refused : null} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
