// What pages do over time: load, poll, tick.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

// {data, error, loading, reload}. `load` gets a signal; an answer that comes after the next one is dropped.
export function useLoad(load, dependencies) {
  const [state, setState] = useState({ loading: true });
  const latest = useRef(load);
  latest.current = load;
  const run = useCallback((signal) => {
    setState((before) => ({ ...before, loading: true }));
    return latest.current(signal).then(
      (data) => !signal?.aborted && setState({ data, loading: false }),
      (error) => !signal?.aborted && setState((before) => ({ data: before.data, error, loading: false })));
  }, []);
  useEffect(() => {
    const gone = new AbortController();
    setState({ loading: true });
    run(gone.signal);
    return () => gone.abort();
  }, dependencies);
  return { ...state, reload: run, set: (data) => setState({ data, loading: false }) };
}

// Calls `work` now and again so many milliseconds (a number, or what a function says) after it is done; not
// while the page is hidden, and at once when it is seen again. Give or take a tenth, so that a crowd that came
// together does not ask together.
export function usePoll(work, milliseconds, dependencies) {
  const latest = useRef(work);
  latest.current = work;
  const interval = useRef(milliseconds);
  interval.current = milliseconds;
  const wait = () => (typeof interval.current === 'function' ? interval.current() : interval.current) * (0.9 + Math.random() * 0.2);
  useEffect(() => {
    const gone = new AbortController();
    let timer = 0;
    let running = false;
    const turn = async () => {
      clearTimeout(timer);
      if (running || document.hidden) return;
      running = true;
      try {
        await latest.current(gone.signal);
      } catch {
        // Shown by the work itself; the next turn tries again.
      }
      running = false;
      if (!gone.signal.aborted) timer = setTimeout(turn, wait());
    };
    const seen = () => !document.hidden && turn();
    document.addEventListener('visibilitychange', seen);
    turn();
    return () => {
      gone.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, dependencies);
}

// The milliseconds until `end` (by performance.now()), told four times a second while there are some.
export function useRemainingTime(end) {
  const [left, setLeft] = useState(end === null ? 0 : end - performance.now());
  useEffect(() => {
    if (end === null) return undefined;
    const tick = () => setLeft(end - performance.now());
    tick();
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }, [end]);
  return left;
}
