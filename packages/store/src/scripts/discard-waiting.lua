-- Deletes a slice of a webhook's sealed batches that are not in flight, and records that.
-- ARGV[3] webhook · ARGV[4] the newest batch (seq) to delete, empty = the newest there is · ARGV[5] how many at most
-- Returns JSON: answer applied (+ batches deleted, upto = seq for the next call, more) | gone, hints, notes
local w = load_webhook(ARGV[3])
if not w then
  reply.answer = "gone"
  return cjson.encode(reply)
end
local upto = tonumber(ARGV[4]) or num(w, "seq")
local left = tonumber(ARGV[5])
local function is_enough() return left == 0 or is_spent() end
local function discard_all(ids)
  for _, id in ipairs(ids) do
    if is_enough() then return end
    -- The halves of a split batch lie between it and the next one.
    local b = batch_fields(id, "s", "q")
    if b[1] and b[1] ~= "l" and tonumber(b[2]) < upto + 1 then
      discard(w, id)
      left = left - 1
    end
  end
end
discard_all(redis.call("ZRANGE", K.slots .. w.id, 0, -1))
for _, key in ipairs({ K.ready, K.parked }) do
  discard_all(redis.call("ZRANGEBYSCORE", key .. w.id, "-inf", "(" .. upto + 1, "LIMIT", 0, left))
end
-- These lie by their time, not by their seq: the newer ones among them are passed over.
local passed = 0
while not is_enough() do
  local ids = redis.call("ZRANGE", K.scheduled .. w.id, passed, passed + left - 1)
  if #ids == 0 then break end
  local before = left
  discard_all(ids)
  passed = passed + #ids - (before - left)
end
reply.answer = "applied"
reply.batches = tonumber(ARGV[5]) - left
reply.upto = upto
reply.more = is_enough()
if reply.more then
  -- Nothing is handed out that the next call is to delete; if that never comes, the deadline goes on.
  set_wake(w)
  redis.call("ZADD", K.wake, "LT", now + 1000, w.id)
else
  advance(w)
end
return cjson.encode(reply)
