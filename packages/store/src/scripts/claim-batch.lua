-- Hands out one attempt of a batch under a lease, if the job's hint is still the batch's last one.
-- ARGV[3] batch · ARGV[4] attempt · ARGV[5] hint · ARGV[6] worker
-- Returns JSON: answer gone | not-due | held | no-slot | leased (+ lease), hints
local id, attempt, hint, worker = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local b = batch_fields(id, "w", "s", "a", "h", "d", "m", "i")
local w = owner_of(b[1], b[7])
-- One that waits without a slot has had its job: it gets another one with its next slot.
if not w or tonumber(b[3]) + 1 ~= attempt or tonumber(b[4]) ~= hint or b[2] == "l" or b[2] == "w" then
  reply.answer = "gone"
  return cjson.encode(reply)
end
if b[2] == "p" then
  reply.answer = "held"
  return cjson.encode(reply)
end

local function refuse(answer)
  to_ready(w, id)
  advance(w)
  reply.answer = answer
  return cjson.encode(reply)
end

if b[2] == "s" then
  -- A delayed job, promoted by a worker's clock: Redis' clock decides.
  if now < tonumber(b[5]) then
    reply.answer = "not-due"
    return cjson.encode(reply)
  end
  local own = num(w, "conc")
  if redis.call("ZCARD", K.slots .. w.id) >= (own > 0 and own or limits.concurrency) then return refuse("no-slot") end
  if start_in(w) ~= 0 then return refuse("no-slot") end
end
if next_start(w) > now then
  -- Its job was early, or another attempt started meanwhile. A job ahead of time would only be early again.
  w.early = true
  return refuse("no-slot")
end
local expiry = redis.call("ZSCORE", K.expiries .. w.id, id)
local last_try = expiry and tonumber(expiry) <= unpaused_now(w)
if is_paused(w) or not is_active(w) then return refuse("held") end
if is_failing(w) then
  if w.pb ~= id then return refuse("held") end
elseif is_held(w) and not last_try and b[6] ~= "1" then
  return refuse("held")
end

reply.answer = "leased"
reply.lease = lease(w, id, attempt, worker, b[2])
return cjson.encode(reply)
