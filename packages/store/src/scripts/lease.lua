-- Shared by the scripts that hand out attempts; put behind advance.lua.

-- Hands an attempt of a batch that has, or may have, a slot out to a worker; returns what that needs for it.
local function lease(w, id, attempt, worker)
  redis.call("HSET", K.batch .. id, "s", "l", "a", attempt, "st", now, "wk", worker, "m", 0)
  redis.call("ZREM", K.scheduled .. w.id, id)
  redis.call("ZADD", K.slots .. w.id, now + limits.leaseMs, id)
  start_clock(w, id)
  redis.call("ZADD", K.wake, "LT", now + limits.leaseMs, w.id)
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
    expiresAtMs = tonumber(redis.call("ZSCORE", K.expiries .. w.id, id)) + num(w, "pz"),
    health = w,
  }
end
