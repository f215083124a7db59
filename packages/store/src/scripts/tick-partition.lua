-- Does what is due in a partition: a bounded number of webhooks, a slice of the trash, and room where there is too little.
-- ARGV[3] how many webhooks at most
-- Returns JSON: hints, overdue, notes, more (true when something is still due), waiting (webhooks of which a batch was
-- closed that got no slot: no attempt tells soon that it waits; absent = none)

-- Lets a slice of something go; returns true when all of it has gone.
local function empty_trash(item)
  local kind, rest = string.sub(item, 1, 2), string.sub(item, 3)
  if kind == "r:" then return let_go_ranges(rest) end
  -- A zset of the batches of a deleted webhook, or of those that something is recorded of.
  if kind == "h:" then
    drop_records(nil, pop(rest, ENDED_MAX - ended))
  else
    while not is_spent() do
      local id = pop(rest, 1)[1]
      if not id then break end
      drop_batch(nil, id)
    end
  end
  return redis.call("EXISTS", rest) == 0
end

local due = redis.call("ZRANGEBYSCORE", K.wake, "-inf", now, "LIMIT", 0, tonumber(ARGV[3]))
for _, id in ipairs(due) do
  if is_spent() then break end
  local records_of = string.match(id, "^records:(.*)$")
  local w = not records_of and id ~= "archive" and load_webhook(id)
  if id == "archive" then
    lose_some_aside()
  elseif records_of then
    trim_records(records_of)
  elseif w then
    advance(w)
    if w.sealed and redis.call("ZSCORE", K.ready .. w.id, w.sealed) then
      reply.waiting = reply.waiting or {}
      table.insert(reply.waiting, w.id)
    end
  else
    redis.call("ZREM", K.wake, id)
  end
end
local item = not is_spent() and redis.call("SRANDMEMBER", K.trash)
if is_spent() then
  reply.more = true
elseif item then
  if empty_trash(item) then redis.call("SREM", K.trash, item) end
elseif relieve() then
  reply.more = true
end
reply.more = reply.more or #due == tonumber(ARGV[3]) or redis.call("EXISTS", K.trash) == 1
return cjson.encode(reply)
