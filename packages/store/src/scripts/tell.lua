-- Shared by all scripts of a partition, behind partition.lua: what the operator is to be told of webhooks. It is counted up
-- until somebody has told it (see notices.ts), so that thousands of batches that expire make one notice a minute.
-- notices   zset: <webhook>:<kind> → when (ms) somebody may tell it; of one that is being told, when somebody else may
-- n:<webhook>:<kind>  hash: i id of the notice · f l its first and last happening · n b e happenings, batches and events
--   that nobody has told of · x why, the last time · t when the one before it was told

-- More are not kept: nobody reads them.
local NOTICES_MAX = 1000
-- Of one kind and webhook.
local NOTICES_APART_MS = 60000

local function begin_notice(name, told_at, id_before)
  redis.call("ZADD", K.notices, math.max(now, math.min(told_at, now) + NOTICES_APART_MS), name)
  redis.call("HSET", K.notice .. name, "i", uuid(name .. ":" .. now .. ":" .. id_before), "f", now, "n", 0, "b", 0, "e", 0, "x", "")
  redis.call("PERSIST", K.notice .. name)
end

local function tell(kind, w, told)
  if not limits.notices then return end
  local name = w.id .. ":" .. kind
  if not redis.call("ZSCORE", K.notices, name) then
    if redis.call("ZCARD", K.notices) >= NOTICES_MAX then
      reply.untold = (reply.untold or 0) + 1
      return
    end
    begin_notice(name, tonumber(redis.call("HGET", K.notice .. name, "t") or -math.huge), "")
  end
  local key = K.notice .. name
  redis.call("HINCRBY", key, "n", 1)
  redis.call("HINCRBY", key, "b", told.batches or 0)
  redis.call("HINCRBY", key, "e", told.events or 0)
  redis.call("HSET", key, "l", now)
  if told.why then redis.call("HSET", key, "x", told.why) end
end
