// Issued and redeemed coupons over time, as two stepped lines.
import { useEffect, useRef, useState } from 'preact/hooks';
import { clockTime, exactInstant, number } from '../lib/format.js';
import { t } from './words.js';

const height = 240;
const margin = { left: 56, right: 14, top: 12, bottom: 26 };

// Round steps of which about `count` fill the range.
function ticks(from, to, count) {
  const raw = (to - from) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw));
  const marks = [];
  for (let mark = Math.ceil(from / step) * step; mark <= to + step * 1e-9; mark += step) marks.push(mark);
  return marks;
}

function useWidth() {
  const box = useRef(null);
  const [width, setWidth] = useState(640);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(260, Math.round(entry.contentRect.width))));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return [box, width];
}

export function Plot({ samples }) {
  const [box, width] = useWidth();
  const first = samples[0]?.at ?? Date.now();
  const last = Math.max(samples.at(-1)?.at ?? first, first + 10_000);
  const values = samples.flatMap((sample) => [sample.issued, sample.redeemed]);
  const top = Math.max(4, ...values) * 1.08;
  const x = (at) => margin.left + ((at - first) / (last - first)) * (width - margin.left - margin.right);
  const y = (value) => height - margin.bottom - (value / top) * (height - margin.top - margin.bottom);
  const line = (name) => samples.map((sample, i) => (i === 0 ? `M${x(sample.at)} ${y(sample[name])}`
    : `H${x(sample.at).toFixed(1)}V${y(sample[name]).toFixed(1)}`)).join('');
  const days = last - first > 20 * 3600_000;
  const now = samples.at(-1) || { issued: 0, redeemed: 0 };
  const times = width < 480 ? [0, 1] : [0, 1 / 3, 2 / 3, 1];
  return (
    <figure class="plot" ref={box}>
      <svg width={width} height={height} role="img" aria-label={t('plotLabel', { issued: number(now.issued), redeemed: number(now.redeemed) })}>
        {ticks(0, top, 4).map((mark) => (
          <g key={mark}>
            <line class="grid" x1={margin.left} x2={width - margin.right} y1={y(mark)} y2={y(mark)} />
            <text x={margin.left - 8} y={y(mark) + 4} text-anchor="end">{number(mark)}</text>
          </g>
        ))}
        {times.map((part) => {
          const at = first + part * (last - first);
          return <text key={part} x={x(at)} y={height - 6} text-anchor={part === 0 ? 'start' : part === 1 ? 'end' : 'middle'}>{days ? exactInstant(at) : clockTime(at)}</text>;
        })}
        {samples.length > 0 && (
          <>
            <path class="area" d={`${line('issued')}V${y(0)}H${x(first)}Z`} />
            <path class="line issued" d={line('issued')} />
            <path class="line redeemed" d={line('redeemed')} />
          </>
        )}
      </svg>
      <figcaption class="row small"><span class="key issued">{t('issued')}</span><span class="key redeemed">{t('redeemed')}</span></figcaption>
    </figure>
  );
}
