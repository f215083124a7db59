-- Appends the events of one request to the open batches of the webhooks that want them; seals what is full.
-- ARGV[3] request id · ARGV[4] how long (ms) a repetition is recognised · ARGV[5] the request's trace, empty = it has none
-- ARGV[6] a text that no other call has
-- ARGV[7…] groups: number of webhooks, their ids, number of chunks, per chunk: text, packed end offsets, events
-- Returns JSON: answer full when the store is, unknown (+ unknown: ids) when the partition has no state of some of the
--   webhooks, unwanted when all of them are inactive, and nothing was stored then; hints, notes
local request = ARGV[3]
local nonce = ARGV[6]
local FIRST_GROUP = 7
if limits.backlogMaxBytes and used() >= limits.backlogMaxBytes and redis.call("EXISTS", K.done .. request) == 0 then
  reply.answer = "full"
  return cjson.encode(reply)
end

local states, unknown, is_wanted = {}, {}, false
local function state(id)
  if states[id] == nil then
    states[id] = load_webhook(id) or false
    if not states[id] then unknown[#unknown + 1] = id end
    is_wanted = is_wanted or (states[id] and is_active(states[id]))
  end
  return states[id]
end

local at = FIRST_GROUP
while at <= #ARGV do
  local webhooks = tonumber(ARGV[at])
  for index = at + 1, at + webhooks do state(ARGV[index]) end
  at = at + webhooks + 1
  at = at + 1 + 3 * tonumber(ARGV[at])
end
if (#unknown > 0 or not is_wanted) and redis.call("EXISTS", K.done .. request) == 0 then
  reply.answer = "unwanted"
  if #unknown > 0 then reply.answer, reply.unknown = "unknown", unknown end
  return cjson.encode(reply)
end

-- A repeat writes the mark too: with DURABILITY it waits until that write, and so all before it, is confirmed.
local is_repeat = redis.call("SET", K.done .. request, "1", "PX", ARGV[4], "GET")
if is_repeat then return cjson.encode(reply) end

-- Of the call and not of the request: where a Redis that took another one's place has lost what a request brought, its
-- repeat may bring something else under the names that somebody has read already.
local seed = redis.sha1hex(nonce)
local prefix = string.sub(seed, 1, 20)
local position = FIRST_GROUP
local function take()
  local value = ARGV[position]
  position = position + 1
  return value
end

local touched = {}
local function webhook(id)
  if touched[id] == nil then
    local w = state(id)
    if w and is_active(w) then
      w.on, w.oy, w.oz, w.was_open = num(w, "on"), num(w, "oy"), num(w, "oz"), is_open(w)
      touched[id] = w
    else
      touched[id] = false
    end
  end
  return touched[id]
end

local opened = 0
local function open(w)
  opened = opened + 1
  w.ob, w.od, w.on, w.oy, w.oz, w.ot = uuid(seed .. ":" .. w.id .. ":" .. opened), "", 0, 0, 0, now
end

-- Places all events of a chunk; returns how many ranges refer to it.
local function place(w, chunk, bytes, ends, events)
  local limit = seal_bytes(w) - 2
  local function end_of(count)
    if count == events then return bytes end
    return struct.unpack("<I4", ends, (count - 1) * 4 + 1)
  end
  local from, first, users = 0, 0, 0
  while from < events do
    if not is_open(w) then open(w) end
    local used = w.oy + (w.on > 0 and 1 or 0)
    local to = math.min(events, from + limits.maxEvents - w.on)
    if used + end_of(to) - first > limit then
      local low, high = from, to
      while low < high do
        local middle = math.floor((low + high + 1) / 2)
        if used + end_of(middle) - first <= limit then low = middle else high = middle - 1 end
      end
      -- An event above the seal size is a batch of its own.
      to = (low == from and w.on == 0) and from + 1 or low
    end
    if to > from then
      local stop = end_of(to)
      if w.marked ~= w.ob then w.od, w.marked = redis.sha1hex((w.od or "") .. nonce), w.ob end
      redis.call("RPUSH", K.ranges .. w.ob, chunk .. ":" .. first .. ":" .. stop .. ":" .. (to - from))
      users = users + 1
      w.oz = w.oz + REFERENCE_BYTES
      w.on, w.oy = w.on + to - from, used + stop - first
      from, first = to, stop + 1
    end
    if w.on >= limits.maxEvents then
      seal(w, "full")
    elseif w.oy >= limit or from < events then
      seal(w, "bytes")
    end
  end
  return users
end

-- A larger event lies in pieces, d d1 d2 …, so that nobody who sends it has to hold it as a whole; see chunk-reader.ts.
local PIECE_BYTES = 256 * 1024
local function store_text(key, data)
  redis.call("HSET", key, "d", string.sub(data, 1, PIECE_BYTES))
  for piece = 1, math.ceil(#data / PIECE_BYTES) - 1 do
    redis.call("HSET", key, "d" .. piece, string.sub(data, piece * PIECE_BYTES + 1, (piece + 1) * PIECE_BYTES))
  end
end

local count, stored = 0, 0
while position <= #ARGV do
  local webhooks = {}
  for _ = 1, tonumber(take()) do
    local w = webhook(take())
    if w then webhooks[#webhooks + 1] = w end
  end
  for _ = 1, tonumber(take()) do
    local data, ends, events = take(), take(), tonumber(take())
    local users = 0
    count = count + 1
    local chunk = prefix .. "." .. count
    for _, w in ipairs(webhooks) do users = users + place(w, chunk, #data, ends, events) end
    if users > 0 then
      local bytes = #data + #ends + CHUNK_BYTES
      store_text(K.chunk .. chunk, data)
      redis.call("HSET", K.chunk .. chunk, "e", ends, "u", users, "s", bytes)
      if ARGV[5] ~= "" then redis.call("HSET", K.chunk .. chunk, "t", ARGV[5]) end
      stored = stored + bytes + users * REFERENCE_BYTES
    end
  end
end

count_usage("b", stored)
for id, w in pairs(touched) do
  if w then
    if is_open(w) then
      redis.call("HSET", K.webhook .. id, "ob", w.ob, "od", w.od, "on", w.on, "oy", w.oy, "oz", w.oz, "ot", w.ot)
      if w.sealed or not w.was_open then redis.call("ZADD", K.opened, w.ot, id) end
    end
    if w.sealed or is_above_backlog(w) then
      advance(w)
    elseif not w.was_open and is_open(w) then
      redis.call("ZADD", K.wake, "LT", w.ot + limits.maxWaitMs, id)
    end
  end
end
return cjson.encode(reply)
