-- Shared by all scripts of a partition, behind batch-ends.lua: how one batch gets from one state to the next.

-- A batch is tried as it is up to this much above the seal size: the halves of a split are never quite equal.
local SEAL_TOLERANCE = 1.25

-- `reason` is counted in the reply: full | bytes | window | inactive | clock.
local function seal(w, reason)
  if not is_open(w) then return end
  reply.sealed = reply.sealed or {}
  reply.sealed[reason] = (reply.sealed[reason] or 0) + 1
  redis.call("ZREM", K.opened, w.id)
  -- Its id tells which appends it holds. A Redis that takes another one's place may lack some of them, and have others
  -- where a batch under the id that it had then has gone out.
  local id = uuid(w.ob .. ":" .. (w.od or "") .. ":" .. w.on .. ":" .. w.oy)
  redis.pcall("RENAME", K.ranges .. w.ob, K.ranges .. id)
  local seq = num(w, "seq") + 1
  redis.call("HSET", K.batch .. id, "w", w.id, "i", w["in"] or "", "q", seq, "n", w.on, "y", w.oy, "c", w.ot, "t", now,
    "s", "w", "a", 0, "f", 0, "u", 0, "h", 0, "d", 0, "z", num(w, "oz") + BATCH_BYTES)
  count_usage("b", BATCH_BYTES)
  redis.call("ZADD", K.ready .. w.id, seq, id)
  count_backlog(w, 1, num(w, "on"), num(w, "oy"), 0)
  save(w, "ob", "", "od", "", "on", 0, "oy", 0, "oz", 0, "seq", seq)
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
  file_cold(id)
end

-- Where the first `room` events of a range end; the chunk has one user more from then on.
local function cut_after(chunk, first, stop, room, count)
  local ends = redis.call("HGET", K.chunk .. chunk, "e")
  -- Of a text that is lost no event will be sent: any cut does.
  if not ends then return first + math.floor((stop - first) * room / count) end
  redis.call("HINCRBY", K.chunk .. chunk, "u", 1)
  local low, high = 0, #ends / 4
  while low < high do
    local middle = math.floor((low + high) / 2)
    if struct.unpack("<I4", ends, middle * 4 + 1) <= first then low = middle + 1 else high = middle end
  end
  return struct.unpack("<I4", ends, (low + room - 1) * 4 + 1)
end

-- Cuts a batch in two halves by events. They inherit its clock, its place, its failed attempts, what somebody wants of
-- it and their share of what packing saved, and are due at once.
local function split(w, id)
  local b = batch_fields(id, "q", "n", "c", "t", "f", "k", "m", "pr", "y", "v", "pk")
  local seq, events = tonumber(b[1]), tonumber(b[2])
  local saved_share = tonumber(b[10] or 0) / tonumber(b[9])
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
      local cut = cut_after(chunk, first, stop, room, count)
      put(parts[1], chunk, first, cut, room)
      put(parts[2], chunk, cut + 1, stop, count - room)
    end
  end
  local expiry = redis.call("ZSCORE", K.expiries .. w.id, id)
  note("split", w, id)
  record(w, id, fate_record(id, "split"))
  local depth = (tonumber(b[6]) or 0) + 1
  for index, part in ipairs(parts) do
    -- A fraction of a step keeps the second half behind the first and before the batch that was sealed next.
    local place = string.format("%.17g", index == 1 and seq or seq + 2 ^ -depth)
    local saved = math.floor(part.y * saved_share)
    redis.call("HSET", K.batch .. part.id, "w", w.id, "i", w["in"] or "", "q", place, "n", part.n, "y", part.y, "c", b[3], "t", b[4],
      "s", "w", "a", 0, "f", b[5], "u", 0, "h", 0, "d", 0, "k", depth, "m", b[7] or 0, "z", part.z,
      "v", saved, "pk", b[11] or "")
    count_usage("b", part.z)
    redis.call("ZADD", K.ready .. w.id, place, part.id)
    if b[7] == "1" then redis.call("ZADD", K.urgent .. w.id, place, part.id) end
    if expiry then redis.call("ZADD", K.expiries .. w.id, expiry, part.id) end
    if tonumber(place) <= num(w, "cc") then file_cold(part.id) end
    count_backlog(w, 1, part.n, part.y, saved)
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
  if b[5] == "1" then redis.call("ZREM", K.urgent .. w.id, id) end
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
  -- It was somewhere else when the others were filed.
  if tonumber(b[1]) <= num(w, "cc") then file_cold(id) end
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
