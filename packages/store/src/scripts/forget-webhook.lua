-- Deletes a webhook's state; its batches go to the trash. ARGV[3] webhook
-- Returns JSON: nothing of interest
local id = ARGV[3]
local w = load_webhook(id)
if w then
  if is_open(w) then drop_batch(nil, w.ob) end
  for name, key in pairs({ ready = K.ready, scheduled = K.scheduled, slots = K.slots, parked = K.parked }) do
    if redis.call("EXISTS", key .. id) == 1 then
      -- A name of its own, so that a webhook created again under this id keeps its batches.
      local grave = K.trash .. ":" .. id .. ":" .. num(w, "rev") .. ":" .. name .. ":" .. now
      redis.call("RENAME", key .. id, grave)
      redis.call("SADD", K.trash, "z:" .. grave)
    end
  end
  redis.call("DEL", K.webhook .. id, K.urgent .. id, K.expiries .. id, K.history .. id, K.untried .. id, K.successes .. id)
  redis.call("ZREM", K.wake, id)
end
return cjson.encode(reply)
