-- Redis's part of a claim, which is atomic: KEYS are the users' codes and the stock, ARGV a user and a code.
if redis.call("HSETNX", KEYS[1], ARGV[1], ARGV[2]) == 0 then return "already_issued" end
if redis.call("DECR", KEYS[2]) < 0 then
  redis.call("INCR", KEYS[2])
  redis.call("HDEL", KEYS[1], ARGV[1])
  return "sold_out"
end
return "issued"
