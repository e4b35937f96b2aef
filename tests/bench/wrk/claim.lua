-- A claim for a random user: POST {"user_id":"user-000000000000000"}. Arguments: SEED [TOKEN].
-- So many users are possible that none is drawn twice, which makes every refusal a failure.
dofile("tests/bench/wrk/report.lua")

local before, after

function init(args)
  math.randomseed(tonumber(args[1]))
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  if args[2] then wrk.headers["Authorization"] = "Bearer " .. args[2] end
  wrk.body = '{"user_id":"user-' .. string.rep("#", 15) .. '"}'
  before, after = wrk.format():match("^(.-)#+(.*)$")
end

function request()
  return before .. string.format("%015d", math.random(0, 1e15 - 1)) .. after
end
