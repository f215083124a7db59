-- Gives an overdue reservation, whose job is known to be lost, a new job.
-- ARGV[3] batch · ARGV[4] the lost job's hint
-- Returns JSON: hints
local id = ARGV[3]
local b = batch_fields(id, "s", "h", "a", "ln", "w")
if b[1] == "r" and tonumber(b[2]) == tonumber(ARGV[4]) then
  local hint = redis.call("HINCRBY", K.batch .. id, "h", 1)
  table.insert(reply.hints, { lane = b[4], webhook = b[5], batch = id, attempt = tonumber(b[3]) + 1, hint = hint, delayMs = 0 })
end
return cjson.encode(reply)
