-- What a run came to, on one line that measure.sh reads.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("measured requests=%d taken=%.3f refused=%d broken=%d p50_ms=%.2f p99_ms=%.2f\n",
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
