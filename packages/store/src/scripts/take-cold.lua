-- Takes the next cold batch for one packer, who has it for as long as it goes on showing that it lives.
-- ARGV[3] for how long (ms) without a sign of life · ARGV[4] nothing is filed for later than in so many ms
-- Returns JSON: batch (absent = none), again (it was packed once before), more (look again at once)
local due = redis.call("ZRANGEBYSCORE", K.cold, "-inf", now, "LIMIT", 0, SLICE)
-- What is filed for later than anything may be is from before the clock was set back.
if #due == 0 then due = redis.call("ZRANGEBYSCORE", K.cold, "(" .. now + tonumber(ARGV[4]), "+inf", "LIMIT", 0, SLICE) end
for _, id in ipairs(due) do
  local b = batch_fields(id, "w", "i", "s", "q", "pk")
  local w = owner_of(b[1], b[2])
  if w and is_at_rest(w, b[3]) then
    redis.call("ZADD", K.cold, now + tonumber(ARGV[3]), id)
    reply.batch = id
    reply.again = b[5] == "0"
    break
  end
  redis.call("ZREM", K.cold, id)
  -- It is found again when the webhook's batches turn cold again.
  if w and b[3] == "w" and tonumber(b[4]) <= num(w, "cc") then save(w, "cc", tonumber(b[4]) - 1) end
end
reply.more = #due == SLICE
return cjson.encode(reply)
