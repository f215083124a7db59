-- Shows the back-logs of some webhooks. Reads only.
-- ARGV[3…] webhooks
-- Returns JSON: rows: for each, one after the other, its sealed batches, their events, the bytes that they take as they are
--   stored, when (ms) the oldest of them was begun, 0 = there is none, and since when (ms) it is failing, 0 = it is not

-- What has been tried and is neither ready nor paused has a clock, and the first one to expire was tried first.
local function oldest_of(id)
  local candidates = redis.call("ZRANGE", K.slots .. id, 0, -1)
  for _, kind in ipairs({ K.ready, K.parked, K.expiries }) do
    candidates[#candidates + 1] = redis.call("ZRANGE", kind .. id, 0, 0)[1]
  end
  local oldest = 0
  for _, batch in ipairs(candidates) do
    local at = tonumber(redis.call("HGET", K.batch .. batch, "c") or 0)
    if at > 0 and (oldest == 0 or at < oldest) then oldest = at end
  end
  return oldest
end

local rows = {}
for i = 3, #ARGV do
  local w = load_webhook(ARGV[i]) or { id = ARGV[i] }
  local at = #rows
  rows[at + 1], rows[at + 2], rows[at + 3] = num(w, "bn"), num(w, "be"), math.max(0, backlog_weight(w))
  rows[at + 4], rows[at + 5] = oldest_of(w.id), num(w, "fs")
end
reply.rows = rows
return cjson.encode(reply)
