-- Claims for random users, many in a call. Arguments: SEED TOKEN ITEMS.
dofile("tests/bench/wrk/report.lua")

local items

function init(args)
  math.randomseed(tonumber(args[1]))
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer " .. args[2]
  items = tonumber(args[3])
end

function request()
  local list = {}
  for i = 1, items do list[i] = string.format('{"user_id":"user-%015d"}', math.random(0, 1e15 - 1)) end
  return wrk.format(nil, nil, nil, '{"items":[' .. table.concat(list, ",") .. "]}")
end
