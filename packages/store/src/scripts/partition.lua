-- Shared by all scripts of a partition; put in front of each of them: what is kept of webhooks and batches, and how it is
-- read. Behind it come tell.lua, batch-ends.lua, cold.lua, batch-moves.lua and advance.lua.
-- KEYS[1] base of the partition's keys (all others are made from it, see keys.ts; they share its hash tag)
-- ARGV[1] now in ms; empty = Redis TIME, which alone judges what is due and what is expired
-- ARGV[2] limits (JSON): maxEvents maxBytes maxWaitMs expiryMs concurrency probeMaxMs leaseMs reservationMs,
--   and of the store, where known: backlogMaxBytes backlogHighBytes webhookBacklogMaxBytes (see limits.ts),
--   where somebody is told of what happens: notices,
--   and, where the caller looks after jumps of the clock of Redis, what it should show: witnessMs
--
-- A webhook  w:<id>  hash (absent = deleted, nothing is accepted for it)
--   rev act pau conc rl       its definition: revision, active, paused, slots of its own (0 = the default),
--                             attempts per minute (0 = unlimited)
--   in                        its incarnation: the revision it was created with; a batch of an earlier one is nobody's
--   lv                        1 = leaving: deleted when nothing waits any more, so that nothing may rest
--   seq                       counts its sealed batches
--   ob on oy ot oz            the open batch: id until it is sealed, events, bytes, when opened, what is counted of it
--                             (see usage.lua)
--   od                        which appends it holds; its id tells that from then on
--   hr                        counts the changes of its health: ff fb fm fs pn pd lp hu gn gt ss su ur (see health.ts)
--   dr                        draining: batches up to this seq take the retry lane
--   pt pb                     failing: seq of the last batch that probed; the batch that probes now
--   ps pz                     paused since; ms paused in all before; both in the partition's running time. Expiries
--                             count time without pauses.
--   cu                        batches in `ready` up to this seq have their expiry clock running
--   cc                        batches in `ready` up to this seq have been filed in `cold`, or are packed
--   sd                        1 = all that is scheduled is due at once
--   la rv                     with a rate limit: last start of an attempt; the reservation that may start next,
--                             for as long as it is one
--   bn be by sv               its back-log, that is all sealed batches whatever their state: number, events, bytes with brackets;
--                             what packing has saved of these
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
--   v bytes that packing has saved of it · pk 1 = packed · 0 = packed but for what may be packed better later
--   xw xt xy xb xl xh         set aside (state x, without w): whose it was, when, why (expired | overflowed), bytes that will
--                             be free, until when somebody writes it to a file, and who
-- Per webhook zsets of batches: ready (by seq), urgent (those of ready with m, by seq), scheduled (by due),
--   slots (by end of lease or reservation), parked (by seq), expiries (by expiry, in time without pauses)
-- backlogs  zset: webhook → bytes of its back-log as they are stored
-- archive   zset: batch that was given up and is not in a file yet → when (ms) it was
-- archiver  string: there while somebody writes such files
-- pause     hash: ps everything is paused since, 0 = it is not · pz ms that it was paused in all before · rv which order
--   that was (see pause-partition.lua)
-- opened    zset: webhook → when its open batch was opened

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

local pause
-- The pause of everything: since when, 0 = there is none now, and how long there was one in all before.
local function common_pause()
  if not pause then
    local kept = redis.call("HMGET", K.pause, "ps", "pz")
    pause = { since = tonumber(kept[1] or 0), before = tonumber(kept[2] or 0) }
  end
  return pause
end

local function is_all_paused() return common_pause().since > 0 end
local function is_paused(w) return num(w, "pau") == 1 or is_all_paused() end
local function is_active(w) return num(w, "act") == 1 end
local function is_held(w) return num(w, "hu") > now end
-- Held back for a reason for which the expiry clock runs.
local function is_held_back(w) return not is_active(w) or is_failing(w) or is_held(w) end

-- The partition's running time: it stands still while everything is paused.
local function running_now()
  local all = common_pause()
  return now - all.before - (all.since > 0 and now - all.since or 0)
end

-- The webhook's time without its pauses, and without those of everything.
local function unpaused_now(w)
  local running, since = running_now(), num(w, "ps")
  return running - num(w, "pz") - (since > 0 and running - since or 0)
end

-- How far that time is behind the clock while nothing is paused.
local function paused_ms(w) return num(w, "pz") + common_pause().before end

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
