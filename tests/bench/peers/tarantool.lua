-- The claim in Tarantool's own process, without a network, beside `scrip bench engine`: 256 fibers, each
-- with one claim under way, and none done before the log is on the disk. Arguments: DIR SECONDS.
local fiber = require("fiber")
local clock = require("clock")
local json = require("json")

local folder, seconds = arg[1], tonumber(arg[2])
local fibers = 256

box.cfg({
  wal_mode = "fsync",
  wal_dir = folder, memtx_dir = folder, vinyl_dir = folder,
  memtx_memory = 4 * 1024 * 1024 * 1024,
  checkpoint_interval = 0,
  log = folder .. "/tarantool.log",
})

local coupons = box.schema.space.create("coupons")
coupons:create_index("by_user", { type = "hash", parts = { 1, "string" } })
local stock = box.schema.space.create("stock")
stock:create_index("by_campaign", { parts = { 1, "unsigned" } })
stock:insert({ 1, 1000000000 })

local alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

local function random_code()
  local letters = {}
  for i = 1, 16 do
    local at = math.random(32)
    letters[i] = alphabet:sub(at, at)
  end
  return table.concat(letters)
end

local function claim()
  local user = string.format("user-%015d", math.random(0, 1e15 - 1))
  if coupons:get(user) ~= nil then return false end
  if stock:get(1)[2] <= 0 then return false end
  box.begin()
  stock:update(1, { { "-", 2, 1 } })
  coupons:insert({ user, random_code() })
  box.commit()
  return true
end

math.randomseed(os.time())
local claims, refused, running = 0, 0, fibers
local started = clock.monotonic()
local all_done = fiber.channel(1)
for _ = 1, fibers do
  fiber.create(function()
    while clock.monotonic() - started < seconds do
      if claim() then claims = claims + 1 else refused = refused + 1 end
    end
    running = running - 1
    if running == 0 then all_done:put(true) end
  end)
end
all_done:get()
local taken = clock.monotonic() - started
print(json.encode({ claims_per_second = claims / taken, claims = claims, refused = refused,
  stored = coupons:len(), seconds = taken }))
os.exit(0)
