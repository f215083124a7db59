-- Applies the judgement of an attempt to its batch and its webhook.
-- ARGV[3] batch · ARGV[4] attempt · ARGV[5] revision of the health that was judged
-- ARGV[6] JSON: verdict {kind, dueMs?}, health (flat fields), drain, deactivate, stalled, failed
-- ARGV[7] the attempt's record (JSON) · ARGV[8] the time that it was judged by
-- ARGV[9] worker that would make the webhook's next attempt at once · ARGV[10] the lane that it has a place in; both
--   empty = it would not
-- Returns JSON: answer applied | parked | postponed | ignored | gone | conflict (+ health and nowMs to judge again by),
--   lease (of the next attempt, see lease.lua), hints, notes
local id, attempt = ARGV[3], tonumber(ARGV[4])
local judgement = cjson.decode(ARGV[6])
local kind = judgement.verdict.kind
local b = batch_fields(id, "w", "s", "a", "f", "n", "pr", "i")
local w = owner_of(b[1], b[7])
if not w then
  if b[1] then drop_batch(nil, id) end
  reply.answer = "gone"
  return cjson.encode(reply)
end
-- Under a lost lease a success still deletes the batch; any other result is no longer of interest.
if kind ~= "delivered" and not (b[2] == "l" and tonumber(b[3]) == attempt) then
  reply.answer = "ignored"
  return cjson.encode(reply)
end
-- Deadlines counted from a time that is long over, or never comes after a jump of the clock, would be wrong.
if num(w, "hr") ~= tonumber(ARGV[5]) or math.abs(now - tonumber(ARGV[8])) > CLOCK_JUMP_MIN_MS then
  reply.answer = "conflict"
  reply.health = w
  reply.nowMs = now
  return cjson.encode(reply)
end
local was_failing = is_failing(w)
if judgement.health ~= cjson.null and judgement.health then
  for field, value in pairs(judgement.health) do save(w, field, value) end
  save(w, "hr", num(w, "hr") + 1)
end

if is_failing(w) and not was_failing then tell("failing", w, { why = cjson.decode(ARGV[7]).message }) end
if was_failing and not is_failing(w) then tell("recovered", w, {}) end

reply.answer = "applied"
local failed = tonumber(b[4])
if kind == "delivered" then
  if failed > 0 or attempt > 1 then
    record(w, id, ARGV[7])
  else
    record_success(w, ARGV[7])
  end
  save(w, "ls", now, "nd", num(w, "nd") + 1, "ed", num(w, "ed") + tonumber(b[5]))
  drop_batch(w, id)
else
  record(w, id, ARGV[7])
  if judgement.failed then
    failed = failed + 1
    redis.call("HSET", K.batch .. id, "f", failed)
    save(w, "lf", now, "nf", num(w, "nf") + 1)
  end
  if judgement.stalled then redis.call("HINCRBY", K.batch .. id, "u", 1) end
  if kind == "released" and is_failing(w) then save(w, "pd", math.floor(judgement.verdict.dueMs)) end
  if may_rest(w, b[6]) and kind ~= "split" then
    -- Somebody paused it meanwhile, which also keeps it from expiring.
    park(w, id)
    reply.answer = "parked"
  elseif kind == "retry" or kind == "released" or (kind == "expired" and calm_until()) then
    local hint = redis.call("HINCRBY", K.batch .. id, "h", 1)
    local due = math.floor(judgement.verdict.dueMs or calm_until())
    if kind == "expired" then reply.answer = "postponed" end
    redis.call("HSET", K.batch .. id, "s", "s", "d", due)
    redis.call("ZREM", K.slots .. w.id, id)
    redis.call("ZADD", K.scheduled .. w.id, due, id)
    file_cold(id)
    if w.pb == id then save(w, "pb", "") end
    table.insert(reply.hints, { lane = "retry", webhook = w.id, batch = id, attempt = attempt + 1, hint = hint, delayMs = math.max(0, due - now) })
  elseif kind == "held-back" then
    to_ready(w, id)
  elseif kind == "split" then
    redis.call("ZREM", K.slots .. w.id, id)
    split(w, id)
  elseif kind == "expired" then
    expire(w, id)
  end
end
if judgement.drain then save(w, "dr", num(w, "seq"), "pb", "") end
if type(judgement.deactivate) == "string" then
  if is_active(w) then tell("deactivated", w, { why = judgement.deactivate }) end
  save(w, "act", 0)
end
advance(w)

-- The next attempt that has just got a slot needs no job when this worker makes it. A probe or a rate limit has rules of
-- its own, kept at the claim.
local function continue()
  if ARGV[9] == "" or is_failing(w) or num(w, "rl") > 0 then return end
  for index, hint in ipairs(reply.hints) do
    -- This batch's own retry waits for its time, without a slot.
    if hint.batch ~= id and hint.lane == ARGV[10] and hint.delayMs == 0 then
      table.remove(reply.hints, index)
      return lease(w, hint.batch, hint.attempt, ARGV[9], "r")
    end
  end
end
reply.lease = continue()
return cjson.encode(reply)
