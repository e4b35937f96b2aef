// A coupon as its holder sees it: the code, to copy, and how long it is good for.
import { useEffect, useRef } from 'preact/hooks';
import { instant } from '../lib/format.js';
import { Copy } from '../lib/ui.jsx';
import { t } from './words.js';

export function Ticket({ coupon, fresh, small }) {
  const head = useRef(null);
  // Who has just claimed it is brought to it, by eye and by screen reader.
  useEffect(() => {
    if (fresh) head.current.focus();
  }, [fresh]);
  const state = coupon.state === 'redeemed' ? t('redeemed') : coupon.expired ? t('expired') : '';
  return (
    <article class={`ticket ${fresh ? 'fresh' : ''} ${small ? 'small' : ''}`} aria-label={t('yours')}>
      <div>
        <p class="label" tabIndex={-1} ref={head}>{fresh ? t('got') : t('yours')} {state && <span class="badge">{state}</span>}</p>
        <p class="code">{coupon.code}</p>
        <p class="small">{coupon.expires_at ? t('validUntil', { time: instant(coupon.expires_at) }) : t('noExpiry')}</p>
      </div>
      <Copy text={coupon.code} label={t('copyCode', { code: coupon.code })} class="small copy" />
    </article>
  );
}
