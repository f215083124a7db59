-- Shared by all scripts of a partition, behind batch-moves.lua: `advance`, the one place that moves a webhook on.

-- A lost delayed job is made up for this long after the retry was due.
local DELAYED_JOB_GRACE_MS = 500
-- A newly sealed batch may probe a failing webhook when the last probe is older than this.
local PROBE_APART_MS = 10000
-- Until somebody has looked whose clock agrees.
local UNTRUSTED_CALM_MS = 1000

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
  if is_failing(w) then tell("recovered", w, { why = "its target was changed, or somebody had all that waits tried at once" }) end
  save(w, "ff", 0, "fb", "", "fm", 0, "fs", 0, "hu", 0, "ur", 0, "gn", 0, "dr", num(w, "seq"), "pb", "", "sd", 1, "hr", num(w, "hr") + 1)
end

local function run_clocks(w)
  if not is_held_back(w) then return end
  local found = redis.call("ZRANGEBYSCORE", K.ready .. w.id, "(" .. (w.cu or 0), "+inf", "WITHSCORES", "LIMIT", 0, SLICE)
  for i = 1, #found, 2 do start_clock(w, found[i]) end
  if #found > 0 then save(w, "cu", found[#found]) end
  if #found == SLICE * 2 then w.more = true end
end

-- Files what waits for a webhook that is sent next to nothing.
local function file_waiting(w)
  if not is_cold(w) then return end
  local found = redis.call("ZRANGEBYSCORE", K.ready .. w.id, "(" .. (w.cc or 0), "+inf", "WITHSCORES", "LIMIT", 0, SLICE)
  for i = 1, #found, 2 do file_cold(found[i]) end
  if #found > 0 then save(w, "cc", found[#found]) end
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
    if is_spent() then
      w.more = true
      return
    end
    local id = due[i]
    local b = batch_fields(id, "s", "m")
    -- What somebody wants tried at once gets that try.
    local was_probed = b[2] ~= "1" and num(w, "lp") >= tonumber(due[i + 1]) + paused_ms(w) - limits.probeMaxMs
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
    if next_expiry then by(tonumber(next_expiry) + paused_ms(w)) end
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
  if is_open(w) and not is_active(w) then seal(w, "inactive") end
  if is_open(w) and now >= num(w, "ot") + limits.maxWaitMs then seal(w, "window") end
  end_slots(w)
  end_rests(w)
  end_schedules(w)
  run_clocks(w)
  file_waiting(w)
  end_expired(w)
  dispatch(w)
  -- What a slot has been found for stays.
  fit_backlog(w)
  set_wake(w)
end
