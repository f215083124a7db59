-- Deletes a webhook's state; its batches and records go to the trash. ARGV[3] webhook
-- Returns JSON: nothing of interest
local id = ARGV[3]
local w = load_webhook(id)
if w then
  if is_open(w) then
    drop_batch(nil, w.ob)
    count_usage("b", -num(w, "oz"))
  end
  -- Under names of their own, so that a webhook created again under this id keeps what is its own.
  local function bury(kind, name, key)
    if redis.call("EXISTS", key) == 0 then return end
    local grave = K.trash .. ":" .. id .. ":" .. num(w, "rev") .. ":" .. name .. ":" .. now
    redis.call("RENAME", key, grave)
    redis.call("SADD", K.trash, kind .. grave)
  end
  for name, key in pairs({ ready = K.ready, scheduled = K.scheduled, slots = K.slots, parked = K.parked }) do
    bury("z:", name, key .. id)
  end
  for name, key in pairs({ history = K.history, untried = K.untried }) do bury("h:", name, key .. id) end
  if num(w, "sc") == 1 then count_records(nil, -entry_bytes(redis.call("LRANGE", K.successes .. id, 0, -1))) end
  redis.call("DEL", K.webhook .. id, K.urgent .. id, K.expiries .. id, K.successes .. id, K.series .. id)
  redis.call("ZREM", K.backlogs, id)
  redis.call("ZREM", K.opened, id)
  redis.call("ZREM", K.records, id)
  redis.call("ZREM", K.wake, id, "records:" .. id)
end
return cjson.encode(reply)
