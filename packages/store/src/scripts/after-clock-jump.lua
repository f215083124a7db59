-- Brings webhooks' deadlines back after the clock of Redis was set back. What happened in the future happened now; what
-- is due comes earlier by what the clock lost. Expiries stay: too late loses nothing.
-- ARGV[3] by how much it was set back (ms) · ARGV[4…] ids, of webhooks of this partition or not
-- Returns JSON: hints, notes
local by = tonumber(ARGV[3])

local function bring_back_batches(w)
  local scheduled = redis.call("ZRANGE", K.scheduled .. w.id, 0, -1, "WITHSCORES")
  for i = 1, #scheduled, 2 do
    local due = tonumber(scheduled[i + 1])
    if due > now then
      due = math.max(now, due - by)
      redis.call("ZADD", K.scheduled .. w.id, due, scheduled[i])
      redis.call("HSET", K.batch .. scheduled[i], "d", string.format("%d", due))
    end
  end
  local slots = redis.call("ZRANGE", K.slots .. w.id, 0, -1)
  for _, id in ipairs(slots) do
    if redis.call("HGET", K.batch .. id, "s") == "l" then
      redis.call("ZADD", K.slots .. w.id, "LT", now + limits.leaseMs, id)
    else
      -- Its job may be held by a lock of BullMQ's that ends too late: it gets another one.
      to_ready(w, id)
    end
  end
end

local function bring_back(w)
  for _, past in ipairs({ "fs", "lp", "gt", "ur", "la", "ls", "lf" }) do
    if num(w, past) > now then save(w, past, now) end
  end
  for _, due in ipairs({ "pd", "hu" }) do
    if num(w, due) > now then save(w, due, math.max(now, num(w, due) - by)) end
  end
  if num(w, "ot") > now then seal(w, "clock") end
  bring_back_batches(w)
  save(w, "hr", num(w, "hr") + 1, "cj", now)
  advance(w)
end

for i = 4, #ARGV do
  local w = load_webhook(ARGV[i])
  local since = w and w.cj and now - num(w, "cj")
  -- Every worker sees the jump: the first one has brought it back.
  if w and not (since and since >= 0 and since < CLOCK_JUMP_MIN_MS) then bring_back(w) end
end
return cjson.encode(reply)
