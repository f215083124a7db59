-- Shared by all scripts of a partition, behind partition.lua: how batches end, what they leave on record, and what
-- they let go.

local RECORD_TTL_MS = 24 * 3600 * 1000
-- What one call lets end: batches and records, and ranges that are let go with them. Some 20 ms of Redis' time.
local ENDED_MAX = 100
local RANGES_MAX = 5000

-- What a webhook's back-log takes in the store: packed text counts as it is stored.
local function backlog_weight(w) return num(w, "by") - num(w, "sv") end

local function file_backlog(w)
  if num(w, "by") > 0 then
    redis.call("ZADD", K.backlogs, backlog_weight(w), w.id)
  else
    redis.call("ZREM", K.backlogs, w.id)
  end
end

-- Counts sealed batches in (1) or out (-1) of the back-log; `saved` = what packing saved of their bytes.
local function count_backlog(w, sign, events, bytes, saved)
  save(w, "bn", num(w, "bn") + sign, "be", num(w, "be") + sign * events, "by", num(w, "by") + sign * (bytes + 2),
    "sv", num(w, "sv") + sign * saved)
  file_backlog(w)
end

local function split_range(range)
  local chunk, first, stop, events = string.match(range, "^(.-):(%d+):(%d+):(%d+)$")
  return chunk, tonumber(first), tonumber(stop), tonumber(events)
end

local function chunk_of(range) return K.chunk .. string.match(range, "^[^:]+") end

local ended, ranges_let_go = 0, 0
-- Whether this call has let end what one may: the rest is the next one's.
local function is_spent() return ended >= ENDED_MAX or ranges_let_go > RANGES_MAX end

-- Lets go of a batch's chunks, a slice at a time; what is left stays in the trash for the next tick.
local function let_go_ranges(id, more_bytes)
  local key = K.ranges .. id
  local taken = redis.call("LPOP", key, SLICE * 5) or {}
  local bytes = more_bytes or 0
  for _, range in ipairs(taken) do
    local chunk = chunk_of(range)
    local c = redis.call("HMGET", chunk, "u", "s")
    if tonumber(c[1] or 0) > 1 then
      redis.call("HINCRBY", chunk, "u", -1)
    else
      bytes = bytes + tonumber(c[2] or 0)
      redis.call("DEL", chunk)
    end
  end
  count_usage("b", -bytes)
  ranges_let_go = ranges_let_go + #taken
  if #taken == SLICE * 5 and redis.call("EXISTS", key) == 1 then
    redis.call("SADD", K.trash, "r:" .. id)
    return false
  end
  return true
end

-- Takes a batch out of whatever it waits in; the caller says where it is now.
local function take_out(w, id)
  redis.call("ZREM", K.ready .. w.id, id)
  redis.call("ZREM", K.urgent .. w.id, id)
  redis.call("ZREM", K.scheduled .. w.id, id)
  redis.call("ZREM", K.slots .. w.id, id)
  redis.call("ZREM", K.parked .. w.id, id)
  if w.pb == id then save(w, "pb", "") end
end

-- Returns true when all of it has gone.
local function drop_batch(w, id)
  ended = ended + 1
  local b = batch_fields(id, "n", "y", "z", "v", "s")
  redis.call("ZREM", K.cold, id)
  if w then
    if b[1] then count_backlog(w, -1, tonumber(b[1]), tonumber(b[2]), tonumber(b[4] or 0)) end
    if b[5] == "l" then
      -- By far the most frequent end, and it is nowhere else.
      redis.call("ZREM", K.slots .. w.id, id)
      if w.pb == id then save(w, "pb", "") end
    else
      take_out(w, id)
    end
    redis.call("ZREM", K.expiries .. w.id, id)
  end
  redis.call("DEL", K.batch .. id)
  return let_go_ranges(id, tonumber(b[3] or 0))
end

local archives
-- Whether somebody writes what is given up to files.
local function is_archived()
  if archives == nil then archives = redis.call("EXISTS", K.archiver) == 1 end
  return archives
end

-- A file that nobody has written after so long never will be.
local SET_ASIDE_MAX_MS = 24 * 3600 * 1000

-- Takes a batch out of its webhook's back-log. It is nobody's from then on, and its text stays until a worker has written
-- it to a file (see archive.ts).
local function set_aside(w, id, why)
  ended = ended + 1
  local b = batch_fields(id, "n", "y", "z", "v")
  local bytes, saved = tonumber(b[2]), tonumber(b[4] or 0)
  count_backlog(w, -1, tonumber(b[1]), bytes, saved)
  take_out(w, id)
  redis.call("ZREM", K.expiries .. w.id, id)
  redis.call("ZREM", K.cold, id)
  local freed = math.max(0, bytes - saved) + tonumber(b[3] or 0)
  redis.call("HDEL", K.batch .. id, "w")
  redis.call("HSET", K.batch .. id, "s", "x", "xw", w.id, "xt", now, "xy", why, "xb", freed, "xl", 0, "xh", "")
  redis.call("ZADD", K.archive, now, id)
  count_usage("a", freed)
  redis.call("ZADD", K.wake, "LT", now + SET_ASIDE_MAX_MS, "archive")
end

-- Lets go of a batch that was set aside; returns true when all of it has gone.
local function let_go_aside(id)
  ended = ended + 1
  local b = batch_fields(id, "z", "xb")
  redis.call("ZREM", K.archive, id)
  if redis.call("EXISTS", K.archive) == 0 then redis.call("ZREM", K.wake, "archive") end
  count_usage("a", -tonumber(b[2] or 0))
  redis.call("DEL", K.batch .. id)
  return let_go_ranges(id, tonumber(b[1] or 0))
end

-- Ends a batch undelivered; returns true when nothing is left to do for it.
local function give_up(w, id, why)
  if not is_archived() then return drop_batch(w, id) end
  set_aside(w, id, why)
  return true
end

-- Keeps what became of a batch for 24 h; at most 1,000 batches a webhook and 20 attempts a batch. Batches that never
-- failed, discarded or split before anything was tried, are kept apart: however many there are, failures stay.
local function record(w, id, json, is_failure)
  local key = K.record .. id
  local bytes = #json + ENTRY_BYTES
  local length = redis.call("RPUSH", key, json)
  if length == 1 then
    bytes = bytes + RECORD_BYTES
  elseif redis.call("PERSIST", key) == 1 then
    -- An earlier version began it.
    bytes = RECORD_BYTES + entry_bytes(redis.call("LRANGE", key, 0, -1))
  end
  if length > 20 then bytes = bytes - entry_bytes({ redis.call("LPOP", key) }) end
  count_records(w.id, bytes)
  local b = batch_fields(id, "a", "f")
  local is_untried = (tonumber(b[1]) or 0) == 0 and (tonumber(b[2]) or 0) == 0
  local history = (is_untried and not is_failure and K.untried or K.history) .. w.id
  redis.call("ZADD", history, now, id)
  redis.call("PERSIST", history)
  local surplus = redis.call("ZRANGE", history, 0, -1001)
  if #surplus > 0 then
    drop_records(w.id, surplus)
    redis.call("ZREM", history, unpack(surplus))
  end
  redis.call("ZADD", K.wake, "LT", now + RECORD_TTL_MS, "records:" .. w.id)
end

-- Keeps the last hundred of what was delivered at once.
local function record_success(w, json)
  local key = K.successes .. w.id
  local bytes = #json + ENTRY_BYTES
  local length = redis.call("LPUSH", key, json)
  if num(w, "sc") == 0 then
    bytes = entry_bytes(redis.call("LRANGE", key, 0, -1))
    save(w, "sc", 1)
  end
  if length > 100 then bytes = bytes - entry_bytes({ redis.call("RPOP", key) }) end
  count_records(w.id, bytes)
end

local function fate_record(id, outcome)
  local b = batch_fields(id, "n", "y", "c", "t", "a", "f")
  return cjson.encode({
    batch = id, outcome = outcome, atMs = now, createdAtMs = tonumber(b[3]) or 0, sealedAtMs = tonumber(b[4]) or 0,
    attempt = tonumber(b[5]) or 0, failedAttempts = tonumber(b[6]) or 0, events = tonumber(b[1]) or 0,
    bodyBytes = (tonumber(b[2]) or 0) + 2,
  })
end

local function note(kind, w, id)
  local b = batch_fields(id, "n", "a", "c")
  table.insert(reply.notes, {
    kind = kind, webhook = w.id, batch = id, events = tonumber(b[1]) or 0, attempts = tonumber(b[2]) or 0,
    createdAtMs = tonumber(b[3]) or now, atMs = now,
  })
end

local function tell_end(kind, w, id)
  tell(kind, w, { batches = 1, events = tonumber(batch_fields(id, "n")[1]) or 0 })
end

-- Deletes the oldest batches of a webhook that wait, while `is_too_much()`: of those that are ready, then the scheduled,
-- then the paused ones; never one that holds a slot. Returns true when it stopped only to let Redis do something else, or
-- to see first how much room the rest of a batch makes.
local function overflow(w, is_too_much)
  for _, key in ipairs({ K.ready, K.scheduled, K.parked }) do
    while is_too_much() do
      local id = redis.call("ZRANGE", key .. w.id, 0, 0)[1]
      if not id then break end
      if is_spent() then return true end
      note("overflowed", w, id)
      tell_end("overflowed", w, id)
      record(w, id, fate_record(id, "overflowed"), true)
      redis.call("HINCRBY", K.webhook .. w.id, "no", 1)
      if not give_up(w, id, "overflowed") then return true end
    end
  end
  return false
end

-- Lets go of a batch that was set aside and that nobody has written to a file.
local function lose_aside(id)
  local webhook = batch_fields(id, "xw")[1]
  if webhook then note("unarchived", { id = webhook }, id) end
  return let_go_aside(id)
end

-- Whether what a webhook references takes more of the store than one may.
local function is_above_backlog(w)
  local max = limits.webhookBacklogMaxBytes
  return max and backlog_weight(w) + num(w, "oy") > max
end

local function fit_backlog(w)
  if overflow(w, function() return is_above_backlog(w) end) then w.more = true end
end

local function expire(w, id)
  note("expired", w, id)
  tell_end("expired", w, id)
  record(w, id, fate_record(id, "expired"), true)
  redis.call("HINCRBY", K.webhook .. w.id, "nx", 1)
  give_up(w, id, "expired")
end
