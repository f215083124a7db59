-- Shared by all scripts of a partition; put in front of each of them.
-- KEYS[1] base of the partition's keys (all others are made from it, see keys.ts; they share its hash tag)
-- ARGV[1] now in ms; empty = Redis TIME, which alone judges what is due and what is expired
-- ARGV[2] limits (JSON): maxEvents maxBytes maxWaitMs expiryMs concurrency probeMaxMs leaseMs reservationMs,
--   and of the store, where known: backlogMaxBytes backlogHighBytes webhookBacklogMaxBytes (see limits.ts),
--   and, where the caller looks after jumps of the clock of Redis, what it should show: witnessMs
--
-- A webhook  w:<id>  hash (absent = deleted, nothing is accepted for it)
--   rev act pau conc rl       its definition: revision, active, paused, slots of its own (0 = the default),
--                             attempts per minute (0 = unlimited)
--   in                        its incarnation: the revision it was created with; a batch of an earlier one is nobody's
--   lv                        1 = leaving: deleted when nothing waits any more, so that nothing may rest
--   seq                       counts its sealed batches
--   ob on oy ot oz            the open batch: id, events, bytes, when opened, what is counted of it (see usage.lua)
--   hr                        counts the changes of its health: ff fb fm fs pn pd lp hu gn gt ss su (see health.ts)
--   dr                        draining: batches up to this seq take the retry lane
--   pt pb                     failing: seq of the last batch that probed; the batch that probes now
--   ps pz                     paused since; ms paused in all before. Expiries count time without pauses.
--   cu                        batches in `ready` up to this seq have their expiry clock running
--   sd                        1 = all that is scheduled is due at once
--   la rv                     with a rate limit: last start of an attempt; the reservation that may start next,
--                             for as long as it is one
--   bn be by                  its back-log, that is all sealed batches whatever their state: number, events, bytes with brackets
--   ls lf nd ed nf nx dc no   last success, last failure; batches and events delivered, failed attempts, batches expired,
--                             discarded and overflowed
--   cj                        when its deadlines were brought back after a jump of the clock
--   sc                        1 = its successes are counted (see usage.lua)
-- A batch  b:<id>  hash: w webhook · i its incarnation · q seq · n events · y bytes without the brackets · c opened · t sealed
--   s state: w waiting (in ready) · s scheduled (in scheduled) · r reserved · l leased (both in slots) · p paused (in parked)
--   a attempts · f failed attempts · u stalled uploads · h hints given out · d due · st start of the attempt · ln lane
--   wk the worker that holds it · k how often it is the product of a split · z what is counted of it (see usage.lua)
--   m 1 = somebody wants it tried at once, until its attempt starts · pr 1 = to be paused unless its attempt succeeds
--   e paused: what is left of its time until the expiry (ms), empty = its clock was not running
-- Per webhook zsets of batches: ready (by seq), urgent (those of ready with m, by seq), scheduled (by due),
--   slots (by end of lease or reservation), parked (by seq), expiries (by expiry, in time without pauses)
-- backlogs  zset: webhook → bytes of its back-log

local limits = cjson.decode(ARGV[2])
local now
if ARGV[1] ~= "" then
  now = tonumber(ARGV[1])
else
  local time = redis.call("TIME")
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Beyond this a clock has jumped (see clock-jump.ts).
local CLOCK_JUMP_MIN_MS = 30000
-- A time that was given counts; the clock of Redis only if the caller's own, which only runs forward, agrees with it.
local is_time_trusted = ARGV[1] ~= "" or (limits.witnessMs ~= nil and math.abs(now - limits.witnessMs) <= CLOCK_JUMP_MIN_MS)

-- A slice bounds how long one call may keep Redis busy.
local SLICE = 200
-- A lost delayed job is made up for this long after the retry was due.
local DELAYED_JOB_GRACE_MS = 500
-- A newly sealed batch may probe a failing webhook when the last probe is older than this.
local PROBE_APART_MS = 10000
-- A batch is tried as it is up to this much above the seal size: the halves of a split are never quite equal.
local SEAL_TOLERANCE = 1.25
-- Until somebody has looked whose clock agrees.
local UNTRUSTED_CALM_MS = 1000
local RECORD_TTL_MS = 24 * 3600 * 1000
-- What overflows in one call: batches, and ranges that are let go with them.
local OVERFLOW_SLICE = 100
local OVERFLOW_RANGES = 5000
-- Under a rate limit the next attempt's job is handed out this long before its time: a delayed job is more punctual
-- than whoever looks at the deadlines.
local START_AHEAD_MS = 1000

-- What the caller has to do or to tell: jobs to add, reservations whose job may be lost, things worth a log line.
local reply = { hints = {}, overdue = {}, notes = {} }

local function load_webhook(id)
  local flat = redis.call("HGETALL", K.webhook .. id)
  if #flat == 0 then return nil end
  local w = { id = id }
  for i = 1, #flat, 2 do w[flat[i]] = flat[i + 1] end
  return w
end

-- The webhook that a batch belongs to; nil when it was deleted, also when another one has its id by now.
local function owner_of(id, incarnation)
  local w = id and load_webhook(id)
  if w and (w["in"] or "") == (incarnation or "") then return w end
end

local function num(record, field)
  return tonumber(record[field] or 0) or 0
end

local function save(w, ...)
  local fields = { ... }
  for i = 1, #fields, 2 do w[fields[i]] = fields[i + 1] end
  redis.call("HSET", K.webhook .. w.id, ...)
end

local function batch_fields(id, ...)
  return redis.call("HMGET", K.batch .. id, ...)
end

-- A UUID made from a text: the same text gives the same id, so a split's halves are the same whoever splits.
local function uuid(text)
  local h = redis.sha1hex(text)
  local pick = tonumber(string.sub(h, 17, 17), 16) % 4 + 1
  local variant = string.sub("89ab", pick, pick)
  return string.sub(h, 1, 8) .. "-" .. string.sub(h, 9, 12) .. "-5" .. string.sub(h, 14, 16)
    .. "-" .. variant .. string.sub(h, 18, 20) .. "-" .. string.sub(h, 21, 32)
end

local function is_open(w) return w.ob ~= nil and w.ob ~= "" end
local function is_failing(w) return num(w, "fs") > 0 end
local function is_paused(w) return num(w, "pau") == 1 end
local function is_active(w) return num(w, "act") == 1 end
local function is_held(w) return num(w, "hu") > now end
-- Held back for a reason for which the expiry clock runs.
local function is_held_back(w) return not is_active(w) or is_failing(w) or is_held(w) end

-- The webhook's time without its pauses.
local function unpaused_now(w)
  local since = num(w, "ps")
  return now - num(w, "pz") - (since > 0 and now - since or 0)
end

local function seal_bytes(w)
  local bytes = num(w, "ss")
  if bytes > 0 and num(w, "su") > now and bytes < limits.maxBytes then return bytes end
  return limits.maxBytes
end

local function start_clock(w, id)
  redis.call("ZADD", K.expiries .. w.id, "NX", unpaused_now(w) + limits.expiryMs, id)
end

-- When the rate limit lets another attempt start. Starts are evenly spaced, also for probes and last tries.
local function next_start(w)
  local rate = num(w, "rl")
  return rate > 0 and num(w, "la") + math.ceil(60000 / rate) or 0
end

-- In how many ms the attempt of a slot given now may start; nil = no slot may be given now.
local function start_in(w)
  if num(w, "rl") == 0 then return 0 end
  if w.rv and w.rv ~= "" and redis.call("HGET", K.batch .. w.rv, "s") == "r" then return nil end
  local wait = math.max(0, next_start(w) - now)
  if wait == 0 or (wait <= START_AHEAD_MS and not w.early) then return wait end
end

-- Counts sealed batches in (1) or out (-1) of the back-log.
local function count_backlog(w, sign, events, bytes)
  save(w, "bn", num(w, "bn") + sign, "be", num(w, "be") + sign * events, "by", num(w, "by") + sign * (bytes + 2))
  if num(w, "by") > 0 then
    redis.call("ZADD", K.backlogs, num(w, "by"), w.id)
  else
    redis.call("ZREM", K.backlogs, w.id)
  end
end

local function split_range(range)
  local chunk, first, stop, events = string.match(range, "^(.-):(%d+):(%d+):(%d+)$")
  return chunk, tonumber(first), tonumber(stop), tonumber(events)
end

-- Lets go of a batch's chunks, a slice at a time; what is left stays in the trash for the next tick.
local ranges_let_go = 0
local function let_go_ranges(id)
  local key = K.ranges .. id
  local taken = redis.call("LPOP", key, SLICE * 5) or {}
  local bytes = 0
  for _, range in ipairs(taken) do
    local chunk = K.chunk .. split_range(range)
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
  if redis.call("EXISTS", key) == 1 then
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
  local b = batch_fields(id, "n", "y", "z")
  count_usage("b", -tonumber(b[3] or 0))
  if w then
    if b[1] then count_backlog(w, -1, tonumber(b[1]), tonumber(b[2])) end
    take_out(w, id)
    redis.call("ZREM", K.expiries .. w.id, id)
  end
  redis.call("DEL", K.batch .. id)
  return let_go_ranges(id)
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
  local b = batch_fields(id, "n", "a")
  table.insert(reply.notes, { kind = kind, webhook = w.id, batch = id, events = tonumber(b[1]) or 0, attempts = tonumber(b[2]) or 0 })
end

-- Deletes the oldest batches of a webhook that wait, while `is_too_much()`: of those that are ready, then the scheduled,
-- then the paused ones; never one that holds a slot. Returns true when it stopped only to let Redis do something else, or
-- to see first how much room the rest of a batch makes.
local overflows_left = OVERFLOW_SLICE
local function overflow(w, is_too_much)
  for _, key in ipairs({ K.ready, K.scheduled, K.parked }) do
    while is_too_much() do
      local id = redis.call("ZRANGE", key .. w.id, 0, 0)[1]
      if not id then break end
      if overflows_left == 0 or ranges_let_go > OVERFLOW_RANGES then return true end
      overflows_left = overflows_left - 1
      note("overflowed", w, id)
      record(w, id, fate_record(id, "overflowed"), true)
      redis.call("HINCRBY", K.webhook .. w.id, "no", 1)
      if not drop_batch(w, id) then return true end
    end
  end
  return false
end

-- Whether a webhook references more than one may.
local function is_above_backlog(w)
  local max = limits.webhookBacklogMaxBytes
  return max and num(w, "by") + num(w, "oy") > max
end

local function fit_backlog(w)
  if overflow(w, function() return is_above_backlog(w) end) then w.more = true end
end

local function expire(w, id)
  note("expired", w, id)
  record(w, id, fate_record(id, "expired"), true)
  redis.call("HINCRBY", K.webhook .. w.id, "nx", 1)
  drop_batch(w, id)
end

local function seal(w)
  if not is_open(w) then return end
  local id = w.ob
  local seq = num(w, "seq") + 1
  redis.call("HSET", K.batch .. id, "w", w.id, "i", w["in"] or "", "q", seq, "n", w.on, "y", w.oy, "c", w.ot, "t", now,
    "s", "w", "a", 0, "f", 0, "u", 0, "h", 0, "d", 0, "z", num(w, "oz") + BATCH_BYTES)
  count_usage("b", BATCH_BYTES)
  redis.call("ZADD", K.ready .. w.id, seq, id)
  count_backlog(w, 1, num(w, "on"), num(w, "oy"))
  save(w, "ob", "", "on", 0, "oy", 0, "oz", 0, "seq", seq)
  w.sealed = id
  if is_held_back(w) then start_clock(w, id) end
end

-- Whether a batch that is to be paused may be.
local function may_rest(w, wish) return wish == "1" and num(w, "lv") == 0 end

-- Lets a batch rest until somebody resumes it: its clock stands still and nothing tries it.
local function park(w, id)
  local expiry = redis.call("ZSCORE", K.expiries .. w.id, id)
  take_out(w, id)
  redis.call("ZREM", K.expiries .. w.id, id)
  redis.call("HSET", K.batch .. id, "s", "p", "d", 0, "m", 0, "pr", 0, "e", expiry and expiry - unpaused_now(w) or "")
  redis.call("ZADD", K.parked .. w.id, redis.call("HGET", K.batch .. id, "q"), id)
end

-- Cuts a batch in two halves by events. They inherit its clock, its place, its failed attempts and what somebody wants
-- of it, and are due at once.
local function split(w, id)
  local b = batch_fields(id, "q", "n", "c", "t", "f", "k", "m", "pr")
  local seq, events = tonumber(b[1]), tonumber(b[2])
  local half = math.floor(events / 2)
  local ranges = redis.call("LRANGE", K.ranges .. id, 0, -1)
  local parts = { { id = uuid(id .. ":0"), n = 0, y = 0, z = BATCH_BYTES }, { id = uuid(id .. ":1"), n = 0, y = 0, z = BATCH_BYTES } }
  local function put(part, chunk, first, stop, count)
    redis.call("RPUSH", K.ranges .. part.id, chunk .. ":" .. first .. ":" .. stop .. ":" .. count)
    part.y = part.y + (part.n > 0 and 1 or 0) + stop - first
    part.n = part.n + count
    part.z = part.z + REFERENCE_BYTES
  end
  for _, range in ipairs(ranges) do
    local chunk, first, stop, count = split_range(range)
    local room = half - parts[1].n
    if room >= count then
      put(parts[1], chunk, first, stop, count)
    elseif room <= 0 then
      put(parts[2], chunk, first, stop, count)
    else
      -- The cut lies inside this range: find its first event among the chunk's end offsets.
      local ends = redis.call("HGET", K.chunk .. chunk, "e")
      local low, high = 0, #ends / 4
      while low < high do
        local middle = math.floor((low + high) / 2)
        if struct.unpack("<I4", ends, middle * 4 + 1) <= first then low = middle + 1 else high = middle end
      end
      local cut = struct.unpack("<I4", ends, (low + room - 1) * 4 + 1)
      put(parts[1], chunk, first, cut, room)
      put(parts[2], chunk, cut + 1, stop, count - room)
      redis.call("HINCRBY", K.chunk .. chunk, "u", 1)
    end
  end
  local expiry = redis.call("ZSCORE", K.expiries .. w.id, id)
  note("split", w, id)
  record(w, id, fate_record(id, "split"))
  local depth = (tonumber(b[6]) or 0) + 1
  for index, part in ipairs(parts) do
    -- A fraction of a step keeps the second half behind the first and before the batch that was sealed next.
    local place = string.format("%.17g", index == 1 and seq or seq + 2 ^ -depth)
    redis.call("HSET", K.batch .. part.id, "w", w.id, "i", w["in"] or "", "q", place, "n", part.n, "y", part.y, "c", b[3], "t", b[4],
      "s", "w", "a", 0, "f", b[5], "u", 0, "h", 0, "d", 0, "k", depth, "m", b[7] or 0, "z", part.z)
    count_usage("b", part.z)
    redis.call("ZADD", K.ready .. w.id, place, part.id)
    if b[7] == "1" then redis.call("ZADD", K.urgent .. w.id, place, part.id) end
    if expiry then redis.call("ZADD", K.expiries .. w.id, expiry, part.id) end
    count_backlog(w, 1, part.n, part.y)
    if may_rest(w, b[8]) then park(w, part.id) end
  end
  -- The halves have taken the chunks over.
  redis.call("DEL", K.ranges .. id)
  drop_batch(w, id)
end

-- Gives a waiting batch a slot and asks for a job. A batch above the seal size is split instead.
local function reserve(w, id, wait)
  local b = batch_fields(id, "n", "y", "a", "h", "m")
  if not b[1] then
    take_out(w, id)
    return false
  end
  if tonumber(b[1]) > 1 and tonumber(b[2]) + 2 > seal_bytes(w) * SEAL_TOLERANCE then
    split(w, id)
    return false
  end
  local is_first = tonumber(b[3]) == 0 and b[5] ~= "1"
  local lane = (is_first and not is_failing(w) and num(w, "dr") == 0) and "fresh" or "retry"
  local hint = tonumber(b[4]) + 1
  redis.call("HSET", K.batch .. id, "s", "r", "h", hint, "ln", lane)
  redis.call("ZREM", K.ready .. w.id, id)
  redis.call("ZREM", K.urgent .. w.id, id)
  redis.call("ZADD", K.slots .. w.id, now + wait + limits.reservationMs, id)
  if num(w, "rl") > 0 then save(w, "rv", id) end
  table.insert(reply.hints, { lane = lane, webhook = w.id, batch = id, attempt = tonumber(b[3]) + 1, hint = hint, delayMs = wait })
  return true
end

local function to_ready(w, id)
  local b = batch_fields(id, "q", "m", "pr")
  if may_rest(w, b[3]) then return park(w, id) end
  take_out(w, id)
  if not b[1] then return end
  redis.call("HSET", K.batch .. id, "s", "w", "d", 0)
  redis.call("ZADD", K.ready .. w.id, b[1], id)
  if b[2] == "1" then redis.call("ZADD", K.urgent .. w.id, b[1], id) end
  if tonumber(b[1]) > num(w, "cu") then return end
  if is_held_back(w) then
    start_clock(w, id)
  elseif not redis.call("ZSCORE", K.expiries .. w.id, id) then
    -- It was somewhere else when the others' clocks were started.
    save(w, "cu", tonumber(b[1]) - 1)
  end
end

-- Ends a batch's rest: it is due at once, in its old place, and its clock goes on with what was left.
local function unpark(w, id)
  local left = redis.call("HGET", K.batch .. id, "e")
  if left and left ~= "" then redis.call("ZADD", K.expiries .. w.id, unpaused_now(w) + left, id) end
  to_ready(w, id)
end

-- Nobody can resume the batches of a webhook that is leaving.
local function end_rests(w)
  if num(w, "lv") == 0 then return end
  local parked = redis.call("ZRANGE", K.parked .. w.id, 0, SLICE - 1)
  for _, id in ipairs(parked) do unpark(w, id) end
  if #parked == SLICE then w.more = true end
end

local function dispatch_probe(w)
  if redis.call("ZCARD", K.slots .. w.id) > 0 or next_start(w) > now then return end
  local urgent = redis.call("ZRANGE", K.urgent .. w.id, 0, 0)[1]
  if urgent then
    if reserve(w, urgent, 0) then save(w, "pb", urgent) else w.more = true end
    return
  end
  local ready = K.ready .. w.id
  local id
  if now >= num(w, "pd") then
    id = redis.call("ZRANGEBYSCORE", ready, "(" .. (w.pt or 0), "+inf", "LIMIT", 0, 1)[1] or redis.call("ZRANGE", ready, 0, 0)[1]
  elseif w.sealed and now - num(w, "lp") > PROBE_APART_MS and not is_held(w) then
    id = w.sealed
  end
  local seq = id and redis.call("ZSCORE", ready, id)
  if not seq then return end
  if reserve(w, id, 0) then save(w, "pt", seq, "pb", id) else w.more = true end
end

local function dispatch(w)
  if is_paused(w) or not is_active(w) then return end
  if is_failing(w) then return dispatch_probe(w) end
  local wait = start_in(w)
  if not wait then return end
  local ready = K.ready .. w.id
  local own = num(w, "conc")
  local free = (own > 0 and own or limits.concurrency) - redis.call("ZCARD", K.slots .. w.id)
  if num(w, "rl") > 0 then free = math.min(free, 1) end
  local budget = SLICE
  while free > 0 and budget > 0 do
    local urgent = redis.call("ZRANGE", K.urgent .. w.id, 0, 0)[1]
    if not urgent then break end
    budget = budget - 1
    if reserve(w, urgent, wait) then free = free - 1 end
  end
  if budget == 0 then w.more = true end
  if is_held(w) then
    -- Only last tries, and what somebody asked for, go out in spite of a hold.
    local due = redis.call("ZRANGEBYSCORE", K.expiries .. w.id, "-inf", unpaused_now(w), "LIMIT", 0, SLICE)
    for _, id in ipairs(due) do
      if free > 0 and redis.call("ZSCORE", ready, id) and reserve(w, id, wait) then free = free - 1 end
    end
    return
  end
  while free > 0 and budget > 0 do
    budget = budget - 1
    local first = redis.call("ZRANGE", ready, 0, 0, "WITHSCORES")
    if num(w, "dr") > 0 and (not first[1] or tonumber(first[2]) > num(w, "dr")) then save(w, "dr", 0) end
    if not first[1] then return end
    if reserve(w, first[1], wait) then free = free - 1 end
  end
  if free > 0 then w.more = true end
end

-- Lost leases go back to waiting; a reservation that is overdue may have lost its job.
local function end_slots(w)
  local ended = redis.call("ZRANGEBYSCORE", K.slots .. w.id, "-inf", now, "LIMIT", 0, SLICE)
  for _, id in ipairs(ended) do
    local b = batch_fields(id, "s", "a", "h", "ln")
    if b[1] == "l" then
      note("lease-lost", w, id)
      to_ready(w, id)
    elseif b[1] == "r" then
      redis.call("ZADD", K.slots .. w.id, now + limits.reservationMs, id)
      table.insert(reply.overdue, { lane = b[4], webhook = w.id, batch = id, attempt = tonumber(b[2]) + 1, hint = tonumber(b[3]) })
    else
      redis.call("ZREM", K.slots .. w.id, id)
    end
  end
end

local function end_schedules(w)
  local all = is_failing(w) or num(w, "sd") == 1
  local upto = all and "+inf" or now - DELAYED_JOB_GRACE_MS
  local due = redis.call("ZRANGEBYSCORE", K.scheduled .. w.id, "-inf", upto, "LIMIT", 0, SLICE)
  for _, id in ipairs(due) do to_ready(w, id) end
  if #due == SLICE then
    w.more = true
  elseif num(w, "sd") == 1 then
    save(w, "sd", 0)
  end
end

-- What waits or is scheduled is due at once, oldest first, and the webhook counts as healthy; `advance` does the rest.
local function start_over(w)
  save(w, "ff", 0, "fb", "", "fm", 0, "fs", 0, "hu", 0, "gn", 0, "dr", num(w, "seq"), "pb", "", "sd", 1, "hr", num(w, "hr") + 1)
end

local function run_clocks(w)
  if not is_held_back(w) then return end
  local found = redis.call("ZRANGEBYSCORE", K.ready .. w.id, "(" .. (w.cu or 0), "+inf", "WITHSCORES", "LIMIT", 0, SLICE)
  for i = 1, #found, 2 do start_clock(w, found[i]) end
  if #found > 0 then save(w, "cu", found[#found]) end
  if #found == SLICE * 2 then w.more = true end
end

-- Until when nothing is deleted for its expiry, since the clock of Redis has jumped, or may have; nil = no such time.
local function calm_until()
  local at = tonumber(redis.call("GET", K.calm) or 0)
  if at > now then return at end
  if not is_time_trusted then return now + UNTRUSTED_CALM_MS end
end

-- Whether a webhook's batches are deleted at their expiry without another try.
local function may_expire(w) return not is_paused(w) and (not is_active(w) or is_failing(w)) end

local function end_expired(w)
  if not may_expire(w) or calm_until() then return end
  local due = redis.call("ZRANGEBYSCORE", K.expiries .. w.id, "-inf", unpaused_now(w), "WITHSCORES", "LIMIT", 0, SLICE)
  for i = 1, #due, 2 do
    local id = due[i]
    local b = batch_fields(id, "s", "m")
    -- What somebody wants tried at once gets that try.
    local was_probed = b[2] ~= "1" and num(w, "lp") >= tonumber(due[i + 1]) + num(w, "pz") - limits.probeMaxMs
    if b[1] == "w" and (not is_active(w) or was_probed) then expire(w, id) end
  end
  if #due == SLICE * 2 and not redis.call("ZSCORE", K.expiries .. w.id, due[1]) then w.more = true end
end

local function head(key)
  return tonumber(redis.call("ZRANGE", key, 0, 0, "WITHSCORES")[2])
end

local function set_wake(w)
  local at = math.huge
  local function by(time) if time and time < at then at = time end end
  if w.more then by(now) end
  if is_open(w) then by(num(w, "ot") + limits.maxWaitMs) end
  by(head(K.slots .. w.id))
  local scheduled = head(K.scheduled .. w.id)
  if scheduled then by(is_failing(w) and now or scheduled + DELAYED_JOB_GRACE_MS) end
  if not is_paused(w) then
    local waiting = redis.call("EXISTS", K.ready .. w.id) == 1
    local start = next_start(w)
    if waiting and is_active(w) and start > now then by(start - START_AHEAD_MS > now and start - START_AHEAD_MS or start) end
    if waiting and is_active(w) and is_failing(w) and redis.call("EXISTS", K.slots .. w.id) == 0 then by(math.max(num(w, "pd"), start)) end
    if waiting and is_held(w) then by(num(w, "hu")) end
    -- What is past its expiry and still here waits for a slot, a probe or its start, and all of these advance the webhook.
    local next_expiry = redis.call("ZRANGEBYSCORE", K.expiries .. w.id, "(" .. unpaused_now(w), "+inf", "WITHSCORES", "LIMIT", 0, 1)[2]
    if next_expiry then by(tonumber(next_expiry) + num(w, "pz")) end
    if waiting and may_expire(w) then
      if is_time_trusted then
        by(calm_until())
      elseif redis.call("ZCOUNT", K.expiries .. w.id, "-inf", unpaused_now(w)) > 0 then
        by(now)
      end
    end
  end
  if at == math.huge then
    redis.call("ZREM", K.wake, w.id)
  else
    redis.call("ZADD", K.wake, math.max(at, 0), w.id)
  end
end

-- Does everything that is due for a webhook, fills its free slots and notes when to look again. Idempotent.
local function advance(w)
  if is_open(w) and (not is_active(w) or now >= num(w, "ot") + limits.maxWaitMs) then seal(w) end
  end_slots(w)
  end_rests(w)
  end_schedules(w)
  run_clocks(w)
  end_expired(w)
  dispatch(w)
  -- What a slot has been found for stays.
  fit_backlog(w)
  set_wake(w)
end
