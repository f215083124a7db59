-- Shared by the scripts that hand out attempts; put behind advance.lua.

-- A body up to this comes with the lease: to ask for it would cost more than to send it.
local BODY_BYTES_MAX = 16 * 1024
local BODY_RANGES_MAX = 20
-- What ends behind it lies in several pieces, see append.lua.
local FIRST_PIECE_BYTES = 256 * 1024

-- The whole body of a small batch; nil = it is to be read, since it is large or its text is packed or lost.
local function small_body(id, bytes)
  if bytes > BODY_BYTES_MAX then return nil end
  local ranges = redis.call("LRANGE", K.ranges .. id, 0, BODY_RANGES_MAX)
  if #ranges > BODY_RANGES_MAX then return nil end
  local texts = {}
  for _, range in ipairs(ranges) do
    local chunk, first, stop = split_range(range)
    local text = stop <= FIRST_PIECE_BYTES and redis.call("HGET", K.chunk .. chunk, "d")
    if not text then return nil end
    texts[#texts + 1] = string.sub(text, first + 1, stop)
  end
  return "[" .. table.concat(texts, ",") .. "]"
end

-- Hands an attempt of a batch that has, or may have, a slot out to a worker; returns what that needs for it.
-- `was` = the state of the batch until now.
local function lease(w, id, attempt, worker, was)
  redis.call("HSET", K.batch .. id, "s", "l", "a", attempt, "st", now, "wk", worker, "m", 0)
  redis.call("ZADD", K.slots .. w.id, now + limits.leaseMs, id)
  start_clock(w, id)
  if was ~= "r" then
    redis.call("ZREM", K.scheduled .. w.id, id)
    -- The end of a reservation is looked at before that.
    redis.call("ZADD", K.wake, "LT", now + limits.leaseMs, w.id)
  end
  if num(w, "rl") > 0 then
    save(w, "la", now)
    dispatch(w)
    set_wake(w)
  end
  local b = batch_fields(id, "n", "y", "f", "u", "c", "t")
  return {
    batch = id,
    attempt = attempt,
    webhook = w.id,
    nowMs = now,
    revision = num(w, "rev"),
    events = tonumber(b[1]),
    bodyBytes = tonumber(b[2]) + 2,
    failedAttempts = tonumber(b[3]),
    stalledUploads = tonumber(b[4]),
    createdAtMs = tonumber(b[5]),
    sealedAtMs = tonumber(b[6]),
    expiresAtMs = tonumber(redis.call("ZSCORE", K.expiries .. w.id, id)) + paused_ms(w),
    body = small_body(id, tonumber(b[2]) + 2),
    health = w,
  }
end
