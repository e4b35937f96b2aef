-- Reads what a file lists, a path a line, in random order. Arguments: SEED TOKEN FILE.
dofile("tests/bench/wrk/report.lua")

local requests = {}

function init(args)
  math.randomseed(tonumber(args[1]))
  wrk.headers["Authorization"] = "Bearer " .. args[2]
  for path in io.lines(args[3]) do requests[#requests + 1] = wrk.format("GET", path) end
end

function request()
  return requests[math.random(#requests)]
end
