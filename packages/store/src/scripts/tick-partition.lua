-- Does what is due in a partition: a bounded number of webhooks, and a slice of the trash.
-- ARGV[3] how many webhooks at most
-- Returns JSON: hints, overdue, notes, more (true when something is still due)
local due = redis.call("ZRANGEBYSCORE", K.wake, "-inf", now, "LIMIT", 0, tonumber(ARGV[3]))
for _, id in ipairs(due) do
  local w = load_webhook(id)
  if w then advance(w) else redis.call("ZREM", K.wake, id) end
end
local item = redis.call("SRANDMEMBER", K.trash)
if item then
  local kind, rest = string.sub(item, 1, 2), string.sub(item, 3)
  if kind == "r:" then
    if let_go_ranges(rest) then redis.call("SREM", K.trash, item) end
  else
    -- A zset of the batches of a deleted webhook.
    local ids = redis.call("ZPOPMIN", rest, SLICE)
    for i = 1, #ids, 2 do drop_batch(nil, ids[i]) end
    if redis.call("EXISTS", rest) == 0 then redis.call("SREM", K.trash, item) end
  end
end
reply.more = #due == tonumber(ARGV[3]) or redis.call("EXISTS", K.trash) == 1
return cjson.encode(reply)
