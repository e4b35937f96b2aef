-- nginx's part of a claim: the user out of the body, a code, one call of Redis over a kept connection.
-- It is spared what Scrip does beside: no token is checked, no JSON parsed, no rules, no decision kept.
local redis = require "nginx.redis"

local alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

local function random_code()
  local letters = {}
  for i = 1, 16 do
    local at = math.random(32)
    letters[i] = alphabet:sub(at, at)
  end
  return table.concat(letters)
end

local function answer(status, body)
  ngx.status = status
  ngx.print(body)
  return ngx.exit(status)
end

local function fail(what, err)
  ngx.log(ngx.ERR, what, ": ", err)
  return answer(503, '{"code":"storage_unavailable"}')
end

ngx.req.read_body()
local user = (ngx.req.get_body_data() or ""):match('"user_id":"([^"]+)"')
if not user then return answer(400, '{"code":"invalid_request"}') end

local connection = redis:new()
connection:set_timeout(10000)
local ok, err = connection:connect(ngx.var.redis_socket)
if not ok then return fail("connect", err) end

local code = random_code()
local outcome, claim_err = connection:evalsha(ngx.var.claim_sha, 2, "users", "stock", user, code)
if not outcome then return fail("evalsha", claim_err) end
connection:set_keepalive(60000, 512)

if outcome ~= "issued" then return answer(409, '{"code":"' .. outcome .. '"}') end
return answer(201, '{"campaign_id":"bench","code":"' .. code .. '","state":"issued","user_id":"' .. user .. '"}')
