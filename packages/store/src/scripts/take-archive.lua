-- Takes the next batch that was set aside for one worker, which writes it to a file.
-- ARGV[3] worker · ARGV[4] for how long (ms) without a sign of life
-- Returns JSON: batch (absent = none): what is told of it
local lease_ms = tonumber(ARGV[4])
for _, id in ipairs(redis.call("ZRANGE", K.archive, 0, SLICE - 1)) do
  local b = batch_fields(id, "xl", "xw", "xt", "xy", "n", "y", "a", "c")
  local taken_until = tonumber(b[1] or 0)
  if not b[2] then
    redis.call("ZREM", K.archive, id)
  -- Nothing is taken for longer, but by a clock that was set back since.
  elseif taken_until <= now or taken_until > now + lease_ms then
    redis.call("HSET", K.batch .. id, "xl", now + lease_ms, "xh", ARGV[3])
    reply.batch = {
      id = id, webhook = b[2], endedAtMs = tonumber(b[3]), why = b[4], events = tonumber(b[5]), bodyBytes = tonumber(b[6]) + 2,
      attempts = tonumber(b[7]), createdAtMs = tonumber(b[8]),
    }
    break
  end
end
return cjson.encode(reply)
