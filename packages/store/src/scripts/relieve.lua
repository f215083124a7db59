-- Shared by what looks after a partition; put behind advance.lua: which records and batches go when it is time.

-- Records are dropped first, but not the last few: those of what overflows next are among them.
local RECORDS_SHARE = 0.02
-- Above this share of the way from where room is made to where events are refused, files are waited for no longer.
local ASIDE_SHARE = 0.8
-- So many webhooks are looked at to find one whose back-log may overflow, the largest back-log first.
local LOOKED_AT_MAX = 1000
-- Where nothing was found, nobody looks again before so long: all workers see that the store is too full, at each look.
local FUTILE_MS = 2000

-- Takes up to so many of a zset's members out of it, the lowest first.
local function pop(key, count)
  local popped = redis.call("ZPOPMIN", key, count)
  local members = {}
  for i = 1, #popped, 2 do members[#members + 1] = popped[i] end
  return members
end

-- Drops what is older than a day of what is recorded of a webhook, as far as one call may.
local function trim_records(webhook)
  local next_at
  for _, key in ipairs({ K.history .. webhook, K.untried .. webhook }) do
    local old = redis.call("ZRANGEBYSCORE", key, "-inf", now - RECORD_TTL_MS, "LIMIT", 0, math.max(0, ENDED_MAX - ended))
    if #old > 0 then
      ended = ended + #old
      drop_records(webhook, old)
      redis.call("ZREM", key, unpack(old))
    end
    local at = head(key)
    if at and (not next_at or at < next_at) then next_at = at end
  end
  if next_at then
    redis.call("ZADD", K.wake, next_at + RECORD_TTL_MS, "records:" .. webhook)
  else
    redis.call("ZREM", K.wake, "records:" .. webhook)
  end
end

-- Drops the oldest records of whoever has most of them; successes only when there is nothing else.
local function drop_some_records()
  local webhook, bytes = unpack(redis.call("ZREVRANGE", K.records, 0, 0, "WITHSCORES"))
  if not webhook or tonumber(bytes) <= 0 then
    -- Nothing is recorded: so nothing may be counted.
    return count_usage("r", -usage.r)
  end
  local dropped = 0
  for _, key in ipairs({ K.history .. webhook, K.untried .. webhook }) do
    local ids = pop(key, SLICE)
    drop_records(webhook, ids)
    dropped = dropped + #ids
  end
  if dropped > 0 then return end
  redis.call("DEL", K.successes .. webhook)
  count_records(webhook, -tonumber(bytes))
end

local function may_overflow(webhook)
  local w = redis.call("HMGET", K.webhook .. webhook, "act", "pau", "fs", "ur")
  return is_all_paused() or w[1] == "0" or w[2] == "1" or tonumber(w[3] or 0) > 0 or tonumber(w[4] or 0) > 0
end

-- Lets go of what was set aside a day ago, or, with `until_free`, of the oldest until that is true.
local function lose_some_aside(until_free)
  local calm = not until_free and calm_until()
  if calm then
    -- By a clock that has jumped, the day may not be over.
    redis.call("ZADD", K.wake, calm, "archive")
    return
  end
  while not is_spent() and not (until_free and until_free()) do
    local oldest = redis.call("ZRANGE", K.archive, 0, 0, "WITHSCORES")
    if not oldest[1] or (not until_free and tonumber(oldest[2]) > now - SET_ASIDE_MAX_MS) then break end
    lose_aside(oldest[1])
  end
  local next_at = head(K.archive)
  if next_at then
    redis.call("ZADD", K.wake, next_at + SET_ASIDE_MAX_MS, "archive")
  else
    redis.call("ZREM", K.wake, "archive")
  end
end

-- Makes room, a slice at a time, in a store that is too full: of records, then of the largest back-log of a webhook that
-- is failing, inactive or paused, or has secrets that cannot be opened; shortly before events are refused also of what
-- waits to be written to files. Returns true when it made some.
local function relieve()
  local high = limits.backlogHighBytes
  local function is_too_full() return used_to_stay() > high end
  if not high or used() <= high or tonumber(redis.call("GET", K.futile) or 0) > now then return false end
  if usage.r > limits.backlogMaxBytes * RECORDS_SHARE then
    drop_some_records()
    return true
  end
  local function is_far_from_full() return used() <= high + (limits.backlogMaxBytes - high) * ASIDE_SHARE end
  if not is_far_from_full() and redis.call("EXISTS", K.archive) == 1 then
    lose_some_aside(is_far_from_full)
    return true
  end
  for _, id in ipairs(is_too_full() and redis.call("ZREVRANGE", K.backlogs, 0, LOOKED_AT_MAX - 1) or {}) do
    local w = may_overflow(id) and load_webhook(id)
    if w then
      local before = num(w, "bn")
      overflow(w, is_too_full)
      if num(w, "bn") < before then
        advance(w)
        return true
      end
    end
  end
  redis.call("SET", K.futile, string.format("%d", now + FUTILE_MS), "PX", FUTILE_MS)
  return false
end
